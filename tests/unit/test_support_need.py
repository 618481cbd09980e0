import pytest

from tests.support.need import missing


@pytest.mark.parametrize("what", ["postgres", "browser"])
def test_skips_with_the_reason_unless_required(monkeypatch, what):
    monkeypatch.delenv(f"REQUIRE_{what.upper()}", raising=False)
    with pytest.raises(pytest.skip.Exception, match="not installed here"):
        missing(what, "not installed here")


@pytest.mark.parametrize("what", ["postgres", "browser"])
def test_fails_where_required(monkeypatch, what):
    monkeypatch.setenv(f"REQUIRE_{what.upper()}", "1")
    with pytest.raises(pytest.fail.Exception, match="not installed here"):
        missing(what, "not installed here")
