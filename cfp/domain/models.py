"""Every table, imported once, so that the metadata is complete for the engine and migrations."""

from cfp.audit import AuditChain, AuditEntry, AuditSalt
from cfp.db import Base
from cfp.domain.accounts import models as accounts
from cfp.domain.assignment import models as assignment
from cfp.domain.conferences import models as conferences
from cfp.domain.decisions import models as decisions
from cfp.domain.jobs import Job
from cfp.domain.mail import models as mail
from cfp.domain.program import models as program
from cfp.domain.reviews import models as reviews
from cfp.domain.submissions import models as submissions

metadata = Base.metadata

__all__ = [
    "AuditChain",
    "AuditEntry",
    "AuditSalt",
    "Job",
    "accounts",
    "assignment",
    "conferences",
    "decisions",
    "mail",
    "metadata",
    "program",
    "reviews",
    "submissions",
]
