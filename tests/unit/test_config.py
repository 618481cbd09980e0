"""Settings as operators write them."""

import pytest

from cfp.config import Config
from cfp.errors import ConfigError


@pytest.mark.parametrize(
    ("written", "base_url", "host"),
    [
        ("https://cfp.example.org/", "https://cfp.example.org", "cfp.example.org"),
        ("https://CFP.Example.org:443", "https://cfp.example.org", "cfp.example.org"),
        ("http://cfp.example.org:80", "http://cfp.example.org", "cfp.example.org"),
        ("https://cfp.example.org:80", "https://cfp.example.org:80", "cfp.example.org:80"),
        ("HTTP://[::1]:8000", "http://[::1]:8000", "[::1]:8000"),
    ],
)
def test_the_address_is_the_one_that_browsers_send(
    written: str, base_url: str, host: str
) -> None:
    config = Config.from_env({"CFP_BASE_URL": written})
    assert (config.base_url, config.host) == (base_url, host)


@pytest.mark.parametrize(
    "written",
    [
        "cfp.example.org",
        "https://",
        "https://:443",
        "ftp://cfp.example.org",
        "https://cfp.example.org/cfp",
        "https://cfp.example.org?a=b",
        "https://me@cfp.example.org",
        "https://cfp.example.org:port",
        "https://[cfp.example.org",
    ],
)
def test_an_address_that_nobody_can_be_led_to_is_refused(written: str) -> None:
    with pytest.raises(ConfigError, match="CFP_BASE_URL"):
        Config.from_env({"CFP_BASE_URL": written})
