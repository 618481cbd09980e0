"""Words that praise, blame and turn round, by language: as they are read, folded.

A language is added by its list here, and by nothing else. Inflected languages need each form, so a
list is better short and sure than long.
"""

from collections.abc import Mapping
from types import MappingProxyType

from cfp.records import record


@record
class Words:
    """Lower case, without accents: see `cfp.domain.submissions.rules.folded`."""

    praise: frozenset[str]
    blame: frozenset[str]
    negations: frozenset[str]


def _of(praise: str, blame: str, negations: str) -> Words:
    return Words(*(frozenset(words.split()) for words in (praise, blame, negations)))


WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "en": _of(
            "best brilliant clear compelling convincing delightful excellent exciting fascinating "
            "fun good great important impressive interesting love loved novel original outstanding "
            "relevant solid strong superb timely useful valuable wonderful",
            "bad boring confused confusing disappointing dull flawed irrelevant lacks misleading "
            "missing poor shallow superficial unclear unconvincing uninteresting unoriginal "
            "unsupported vague weak wrong",
            "hardly less neither never no nor not nothing isn",
        ),
        "de": _of(
            "ausgezeichnet beeindruckend fundiert gelungen gut gute guten guter hervorragend "
            "interessant interessante interessanten interessanter klar nutzlich originell "
            "relevant spannend spannende spannender stark starke starker uberzeugend wertvoll "
            "wichtig wichtige wichtiger",
            "dunn enttauschend falsch fehlerhaft fehlt irrelevant irrefuhrend langweilig "
            "oberflachlich schlecht schlechte schlechter schwach schwache schwacher "
            "uberflussig unausgereift uninteressant unklar unklare unverstandlich vage verwirrend",
            "kaum kein keine keinen keiner nicht nichts nie niemals ohne weder wenig weniger",
        ),
    }
)


def words_of(language: str) -> Words | None:
    """The list of a language ("de-AT" reads that of "de"); None where there is none."""
    return WORDS.get(language.replace("_", "-").partition("-")[0].lower())
