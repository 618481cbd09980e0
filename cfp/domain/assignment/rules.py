"""Words and limits of conflicts, bids and assignments."""

from types import MappingProxyType

BIDS = MappingProxyType({"want": 1.0, "can": 0.6, "rather_not": 0.1})
"""A reviewer's word and what it is worth in a pair's score; no bid counts as `NO_BID`."""

NO_BID = 0.3
REASON_LIMIT = 500
LOAD_LIMIT = 1_000
EXPERTISE_LIMIT = 4_000

ANSWERABLE = frozenset({"assigned", "accepted"})
"""States of an assignment that its reviewer may still decline."""
