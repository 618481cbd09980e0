"""What comparisons can't tell, in plain words."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from cfp.domain.decisions.models import Calibration
from cfp.web.wording import add_words

add_words(
    {
        "calibration.no_pairs": _l(
            "No two submissions whose reviews you may read have been compared yet."
        ),
        "calibration.uncompared": _l("Have it computed first; nothing is known yet."),
    }
)

Figures = Mapping[str, Any]


def _all_equal(of: Figures) -> str:
    return str(_("Everything was taken to be equal: there is nothing to tell apart."))


def _parts(of: Figures) -> str:
    return str(
        _(
            "No comparison connects the %(groups)s groups of submissions; the largest has "
            "%(largest)s. Each group stands in the middle of the scale: compare within each.",
            **of,
        )
    )


def _circles(of: Figures) -> str:
    return str(
        _(
            "Of %(trios)s trios, %(circles)s go round in a circle: A before B, B before C, C "
            "before A. By chance a quarter would. Reviewers do not look for the same thing.",
            **of,
        )
    )


def _few(of: Figures) -> str:
    return str(
        ngettext(
            "%(num)s submission was compared fewer than three times.",
            "%(num)s submissions were compared fewer than three times.",
            of["submissions"],
        )
    )


def _one_sided(of: Figures) -> str:
    return str(
        ngettext(
            "%(num)s submission has won everything or nothing: how far ahead or behind it is, is a "
            "guess.",
            "%(num)s submissions have won everything or nothing: how far ahead or behind they are, "
            "is a guess.",
            of["submissions"],
        )
    )


def _one_reviewer(of: Figures) -> str:
    return str(_("All of it is one reviewer's word."))


PAIR_CAUTIONS: Mapping[str, Callable[[Figures], str]] = {
    "all_equal": _all_equal,
    "parts": _parts,
    "circles": _circles,
    "few": _few,
    "one_sided": _one_sided,
    "one_reviewer": _one_reviewer,
}
"""By the keys of `algorithms.comparing.result.Pairwise.warnings`; the rest is counted anew."""


def pair_cautions_of(run: Calibration) -> list[str]:
    """What the run's comparisons cannot tell, what matters most first."""
    words = [PAIR_CAUTIONS[key](figures) for key, figures in run.cautions if key in PAIR_CAUTIONS]
    unreviewed = run.figures["unreviewed"]
    if unreviewed:
        words.append(
            ngettext(
                "%(num)s submission was compared with no other and is left out of all this.",
                "%(num)s submissions were compared with no other and are left out of all this.",
                unreviewed,
            )
        )
    return words
