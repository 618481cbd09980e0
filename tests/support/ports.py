import socket


def free_port() -> int:
    """A port of 127.0.0.1 that was free just now; the kernel does not hand it out again soon."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
