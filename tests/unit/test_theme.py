"""Colors of the theme can be told apart by everybody: contrast as WCAG 2.2 defines it."""

import re

import pytest

from cfp.paths import PACKAGE

THEME = (PACKAGE / "static" / "css" / "theme.css").read_text()
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", THEME
    )
}
GROUNDS = ("paper", "surface")
STATES = ("good", "wait", "slate", "bad", "chairs", "reviewers", "speakers", "public")
TEXTS = [
    *((text, ground) for text in ("ink", "ink-quiet", "accent", *STATES) for ground in GROUNDS),
    *((state, f"{state}-tint") for state in STATES),
    ("ink-quiet", "surface-strong"),
    ("accent-strong", "accent-tint"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
]


def luminance(color: str) -> float:
    channels = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_known_pairs():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_is_readable(text, ground, theme):
    assert contrast(TOKENS[text][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_edges_of_controls_can_be_seen(ground, theme):
    assert contrast(TOKENS["line-control"][theme], TOKENS[ground][theme]) >= 3
