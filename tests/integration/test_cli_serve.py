"""What the server refuses before any page is asked."""

import socket

import pytest

from tests.support.server import Server

MIB = 2**20


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_body_that_no_page_takes_is_not_received(server: Server) -> None:
    """Or anybody could fill the disk: the server keeps a body until all of it has come."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(
            b"POST /account/log-in HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (100 * MIB)
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")
