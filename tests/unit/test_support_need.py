import pytest

from tests.support.need import missing, program


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


def test_a_program_that_is_not_installed_is_required_in_ci(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    assert program("sh", "dash").endswith("/sh")
    with pytest.raises(pytest.skip.Exception, match="apt install no-such-package"):
        program("no-such-program", "no-such-package")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt install no-such-package"):
        program("no-such-program", "no-such-package")
