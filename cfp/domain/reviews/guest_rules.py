"""What becomes of somebody who was asked for one submission: one table of moves.

proposed: waits for a chair's word. sent: asked. accepted: reviews, or writes for its reviewer; who
writes for one hands in (`handed`) and may get it back (`returned`) until it is taken over (`used`).
Whoever asked can withdraw until then; after it nothing is left to read.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from cfp.errors import NotNowError
from cfp.records import record

NAME_LIMIT, NOTE_LIMIT = 200, 2_000
HELPERS_AT_MOST = 3
"""Open at once, of one reviewer for one submission: it is no way to write to the world."""
ASKED_AT_MOST = 12
"""The same, of all there ever were: who is taken back can be asked again, but not without end."""
LASTS = timedelta(days=60)
"""An invitation, where reviewing has no planned end."""


@record
class Move:
    """From any of `sources` to `target`."""

    sources: frozenset[str]
    target: str


OPEN = frozenset({"proposed", "sent", "accepted", "handed", "returned"})
"""States that can still be taken back."""

MOVES: Mapping[str, Move] = MappingProxyType(
    {
        "approve": Move(frozenset({"proposed"}), "sent"),
        "refuse": Move(frozenset({"proposed"}), "refused"),
        "accept": Move(frozenset({"sent"}), "accepted"),
        "decline": Move(frozenset({"sent", "accepted", "returned"}), "declined"),
        "hand_in": Move(frozenset({"accepted", "returned"}), "handed"),
        "send_back": Move(frozenset({"handed"}), "returned"),
        "use": Move(frozenset({"handed"}), "used"),
        "withdraw": Move(OPEN, "withdrawn"),
    }
)


def can(move: str, state: str) -> bool:
    """Whether the move starts at this state."""
    return state in MOVES[move].sources


def after(move: str, state: str) -> str:
    """The state a move leads to. Raises NotNowError `guest.not_now` where it can't start."""
    if not can(move, state):
        raise NotNowError("guest.not_now")
    return MOVES[move].target
