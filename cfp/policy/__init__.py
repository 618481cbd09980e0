"""The one policy: who may see which fact, and who may do which act.

Both tables (`tables.py`) are data, and each is read twice:

- for one object, in plain Python: `standing.py` asks (`sees`, `allowed`), `loading.py` loads what
  the question needs.
- for many, as SQL: `relations.py` (who is what to a submission), `seats.py` (the tables for one
  person in one conference: `predicate`, `may`), `views.py` (lists, counts, searches and exports:
  `visible`). What a person may not see never reaches a filter, a sort or a count.

Everybody else imports from here, whichever module it stands in: it is one policy.

What a reviewer may see and do depends on the phase of reviewing at the moment they ask,
`Actor.at`; `cfp.phases.in_force` says what holds then, for both forms of the tables.
"""

from cfp.policy.loading import standing_of
from cfp.policy.meanings import (
    ACTIVE_ASSIGNMENTS,
    DEFAULT_CONFLICT_POLICIES,
    HELPING,
    blocking_kinds,
    conflict_policy,
    takes_bids,
)
from cfp.policy.seats import (
    Seat,
    blocked_anywhere,
    may,
    own,
    predicate,
    seat_of,
    unblocked,
    unknown,
)
from cfp.policy.standing import Standing, allowed, sees
from cfp.policy.tables import Action, Fact, Relation
from cfp.policy.views import (
    Column,
    Rows,
    View,
    can_ever_see,
    counted,
    ids_of,
    rows_of,
    searchable,
    visible,
)

__all__ = [
    "ACTIVE_ASSIGNMENTS",
    "DEFAULT_CONFLICT_POLICIES",
    "HELPING",
    "Action",
    "Column",
    "Fact",
    "Relation",
    "Rows",
    "Seat",
    "Standing",
    "View",
    "allowed",
    "blocked_anywhere",
    "blocking_kinds",
    "can_ever_see",
    "conflict_policy",
    "counted",
    "ids_of",
    "may",
    "own",
    "predicate",
    "rows_of",
    "searchable",
    "seat_of",
    "sees",
    "standing_of",
    "takes_bids",
    "unblocked",
    "unknown",
    "visible",
]
