"""What tests of deciding begin with: a call that is over, and a chair who decides.

Fixtures, which `tests/integration/conftest.py` hands to its modules; one that needs them otherwise
has its own of the same name.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from tests.factories import NOW, give_role, make_conference, make_person

LATER = NOW + timedelta(days=40)
"""The call of `make_conference` has closed by then, and nothing has begun."""


@pytest.fixture
def later() -> Iterator[None]:
    """Stand still at `LATER`; for a whole module by `usefixtures`."""
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def conference(db: Session) -> Conference:
    return make_conference(db, "netconf")


@pytest.fixture
def chair(db: Session, conference: Conference) -> Person:
    person = make_person(db, "Cher Chair")
    give_role(db, conference, person, "chair")
    return person
