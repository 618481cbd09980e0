"""One host is served; whoever watches the process may call it by any name."""

import re

import pytest

ELSEWHERE = {"base_url": "http://10.0.0.7:8000"}


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/readyz", 200), ("/", 400)])
def test_another_host(client, path, status):
    assert client.get(path, **ELSEWHERE).status_code == status


def test_who_took_another_name_is_led_to_ours(client):
    page = client.get("/", **ELSEWHERE).get_data(as_text=True)
    assert "This server is reached at http://localhost and by no other name." in page
    assert 'href="http://localhost/">All conferences</a>' in page
    styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert styles
    for address in styles:
        with client.get(address, **ELSEWHERE) as style:
            assert style.status_code == 200
