"""Words that tell nothing about a subject.

Among thousands of texts they give themselves away by being everywhere; among the few texts of a
small conference two abstracts would be near because both say "how". Source: the stop word list of
the Snowball project for English, and a few more.
"""

import re

_WORD = re.compile(r"[^\W_]+(?:\+\+|#)?")  # C++ and C# are subjects

FILLERS = frozenset(
    _WORD.findall(
        """
        i me my myself we our ours ourselves you your yours yourself yourselves he him his himself
        she her hers herself it its itself they them their theirs themselves what which who whom
        this that these those am is are was were be been being have has had having do does did
        doing would should could ought a an the and but if or because as until while of at by for
        with about against between into through during before after above below to from up down in
        out on off over under again further then once here there when where why how all any both
        each few more most other some such no nor not only own same so than too very also can
        cannot every just let may might must one per use used using us via well will without yet
        """
    )
)


def without_fillers(text: str) -> str:
    """The text's other words; everything between words stays."""
    return _WORD.sub(lambda word: "" if word[0].casefold() in FILLERS else word[0], text)
