"""Compiled templates that are kept: used again, but never when something else would come out."""

import sys
from pathlib import Path
from types import CodeType

import pytest
from jinja2 import Environment, FileSystemLoader

from cfp.web.compiled import Compiled


class Site:
    """A folder of templates, and what each process that shows one of them has had to compile."""

    def __init__(self, folder: Path, kept: Path) -> None:
        self.folder, self.kept = folder, kept

    def write(self, text: str) -> None:
        (self.folder / "page.html").write_text(text)

    def show(self, compilers: str = "") -> tuple[str, int]:
        """The page, in a process of its own as it were, and how many templates that compiled."""
        done: list[str] = []

        class Counting(Environment):
            def _compile(self, source: str, filename: str) -> CodeType:
                done.append(filename)
                return super()._compile(source, filename)

        compiled = Compiled(self.kept)
        compiled._compilers += compilers
        loader = FileSystemLoader(self.folder)
        page = Counting(loader=loader, bytecode_cache=compiled, autoescape=True)
        return page.get_template("page.html").render(name="<Ada>"), len(done)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    made = Site(tmp_path, tmp_path / "kept")
    made.write("Hello {{ name }}")
    return made


def test_a_template_is_compiled_once_for_all_processes(site: Site) -> None:
    assert [site.show(), site.show()] == [("Hello &lt;Ada&gt;", 1), ("Hello &lt;Ada&gt;", 0)]


def test_another_text_is_compiled_anew(site: Site) -> None:
    site.show()
    site.write("Bye {{ name }}")
    assert site.show() == ("Bye &lt;Ada&gt;", 1)


def test_another_compiler_compiles_anew_and_leaves_nothing_behind(site: Site) -> None:
    site.show()
    assert site.show(compilers="of the next release")[1] == 1
    assert site.show(compilers="of the next release")[1] == 0
    assert len(list(site.kept.iterdir())) == 1


def test_what_was_cut_off_is_compiled_anew(site: Site) -> None:
    site.show()
    (kept,) = site.kept.iterdir()
    whole = kept.read_bytes()
    for length in range(0, len(whole), 7):
        kept.write_bytes(whole[:length])
        assert site.show() == ("Hello &lt;Ada&gt;", 1)


def test_where_nothing_can_be_kept_each_process_compiles(site: Site) -> None:
    site.kept = site.folder / "page.html" / "kept"
    assert [site.show(), site.show()] == [("Hello &lt;Ada&gt;", 1), ("Hello &lt;Ada&gt;", 1)]


def test_nothing_is_kept_where_python_keeps_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    site.show()
    assert not site.kept.exists()
