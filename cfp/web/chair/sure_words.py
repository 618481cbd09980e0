"""What the figures of a calibration mean, in plain words."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from cfp.domain.decisions.calibrating_rules import WORTH, sign_of, worth_it
from cfp.domain.decisions.models import CalibratedReviewer, Calibration
from cfp.records import record
from cfp.web.wording import add_words

BAND_WORDS = {
    "in": _l("clearly in"),
    "lean_in": _l("leans in"),
    "lean_out": _l("leans out"),
    "out": _l("clearly out"),
}

add_words(
    {
        "calibration.no_reviews": _l(
            "No review with a score has been submitted yet, so there is nothing to compute."
        ),
        "calibration.bad_count": _l("Give a number from 1 to %(limit)s, or leave it empty."),
        "calibration.unseen": _l(
            "Have it computed first, with how many can be accepted: then this page says what it "
            "would change."
        ),
    }
)

Figures = Mapping[str, Any]
MINUS, NOTHING = "\N{MINUS SIGN}", "\N{EN DASH}"


@record
class LeniencyWords:
    """A reviewer's figures as they stand in the list; `quiet`: without a sign worth telling."""

    leniency: str
    quiet: bool
    spread: str
    agreement: str


def leniency_words(one: CalibratedReviewer) -> LeniencyWords:
    """For the list of reviewers, which has as many rows as there are people."""
    sign = {1: "+", -1: MINUS, 0: ""}[sign_of(one.leniency, one.se)]
    known = one.agreement is not None
    return LeniencyWords(
        leniency=f"{sign}{abs(one.leniency):.1f} ± {one.se:.1f}",
        quiet=not sign,
        spread=NOTHING if one.spread is None else f"{one.spread:.1f}",
        agreement=f"{one.agreement:.1f}".replace("-", MINUS) if known else NOTHING,
    )


def _constant(of: Figures) -> str:
    score = f"{of['score']:.1f}"
    return str(_("All scores are %(score)s: there is nothing to tell apart.", score=score))


def _noise_assumed(of: Figures) -> str:
    return str(
        _(
            "No two reviews of one submission say how much reviewers disagree. Half of all "
            "differences are taken for chance."
        )
    )


def _no_differences(of: Figures) -> str:
    return str(_("The submissions differ no more than chance would make them."))


def _ratio_assumed(of: Figures) -> str:
    return str(
        ngettext(
            "Only %(num)s review can be compared with another one of the same submission. How "
            "much of the disagreement is strictness is assumed, not measured.",
            "Only %(num)s reviews can be compared with another one of the same submission. How "
            "much of the disagreement is strictness is assumed, not measured.",
            of["comparisons"],
        )
    )


def _single(of: Figures) -> str:
    return str(
        ngettext(
            "%(num)s submission has a single review.",
            "%(num)s submissions have a single review.",
            of["submissions"],
        )
    )


def _groups(of: Figures) -> str:
    return str(
        _(
            "No reviewer connects the %(groups)s groups of submissions; the largest has "
            "%(largest)s. Nothing is known of how strict one group is beside another: compare "
            "within each.",
            **of,
        )
    )


def _few_reviews(of: Figures) -> str:
    return str(
        ngettext(
            "%(num)s reviewer has given fewer than three reviews: how strict they are is hardly "
            "known.",
            "%(num)s reviewers have given fewer than three reviews: how strict they are is hardly "
            "known.",
            of["reviewers"],
        )
    )


def _equal_scores(of: Figures) -> str:
    return str(
        ngettext(
            "%(num)s reviewer has given everything the same score.",
            "%(num)s reviewers have given everything the same score, each their own.",
            of["reviewers"],
        )
    )


def _matched(of: Figures) -> str:
    return str(
        _(
            "Who reviewed what goes with quality: %(share)s %% of the differences lie between "
            "reviewers, as when tracks differ or reviewers chose. Look at the mean and at the "
            "adjusted score before you rely on either.",
            share=round(100 * of["share"]),
        )
    )


def _against(_of: Figures) -> str:
    return str(
        _(
            "Strict reviewers were given the better submissions. What seems to be strictness is "
            "therefore taken off nearly whole, so scores move more than they would otherwise."
        )
    )


def _weights_unusual(of: Figures) -> str:
    return str(
        _(
            "By how well reviewers know the subject, a review weighs %(mean)s on average; an "
            "ordinary one should weigh about 1.",
            mean=f"{of['mean']:.2g}",
        )
    )


CAUTIONS: Mapping[str, Callable[[Figures], str]] = {
    "constant": _constant,
    "noise_assumed": _noise_assumed,
    "no_differences": _no_differences,
    "ratio_assumed": _ratio_assumed,
    "single": _single,
    "groups": _groups,
    "few_reviews": _few_reviews,
    "equal_scores": _equal_scores,
    "matched": _matched,
    "against": _against,
    "weights_unusual": _weights_unusual,
}
"""By the keys of `algorithms.calibrating.result.Caution` that the reviews of a conference can
have; whatever leaves reviews out cannot happen here."""


def cautions_of(run: Calibration) -> list[str]:
    """What the run's reviews cannot tell, what matters most first."""
    words = [CAUTIONS[key](figures) for key, figures in run.cautions if key in CAUTIONS]
    unreviewed = run.figures["unreviewed"]
    if unreviewed:
        words.append(
            ngettext(
                "%(num)s submission has no score yet and is left out of all this.",
                "%(num)s submissions have no score yet and are left out of all this.",
                unreviewed,
            )
        )
    return words


def nothing_to_choose(run: Calibration) -> str:
    """Why there is no chance to be among the best; "" where there is one."""
    asked = run.figures["asked"]
    if asked is None:
        return str(
            _("Nobody has said how many can be accepted, so there is no line to be above or below.")
        )
    if not asked:
        return str(_("The minutes there are to fill hold not even one of average length."))
    if run.top is None:
        return str(
            ngettext(
                "%(asked)s can be accepted, and only %(num)s has a score: there is nothing to "
                "choose between yet.",
                "%(asked)s can be accepted, and only %(num)s have a score: there is nothing to "
                "choose between yet.",
                run.submissions,
                asked=asked,
            )
        )
    return ""


def change_words(run: Calibration, *, on: bool) -> str:
    """What the adjusting changes, or would."""
    figures = {"changed": run.changed or _("none"), "top": run.top}
    if on:
        words = _("It changes %(changed)s of the best %(top)s.", **figures)
    else:
        words = _("It would change %(changed)s of the best %(top)s.", **figures)
    if worth_it(run.changed, run.top or 0):
        return str(words)
    return f"{words} " + str(
        _("That is nothing worth acting on (%(share)s %% or less).", share=round(100 * WORTH))
    )
