"""The mail server: set, reachable, and willing to talk to us."""

import dataclasses
from collections.abc import Iterator
from email.utils import parseaddr

from cfp.cli.doctor.findings import Finding, error, fine, warning
from cfp.config import Config
from cfp.domain.mail.rules import is_address
from cfp.jobs.smtp import Mailer, ServerDownError

PATIENCE_SECONDS = 10


def server_findings(config: Config) -> Iterator[Finding]:
    """Connects, greets and logs in as for a mail, but sends none."""
    if not config.mail_server:
        text = "No server is set, so all mail waits in the outbox; set CFP_MAIL_SERVER."
        yield warning("mail server", text)
        return
    server = f"{config.mail_server}:{config.mail_port}"
    patience = min(config.mail_timeout_seconds, PATIENCE_SECONDS)
    try:
        with Mailer(dataclasses.replace(config, mail_timeout_seconds=patience)) as mailer:
            mailer.connect()
        yield fine("mail server", f"{server} answers.")
    except ServerDownError as problem:
        why = problem.data["reason"]
        yield error("mail server", f"{server} can't be used ({why}); check CFP_MAIL_*.")
    yield _sender(config)


def _sender(config: Config) -> Finding:
    address = parseaddr(config.mail_from)[1]
    if not is_address(address) or address.endswith("@localhost"):
        text = f"{config.mail_from!r} is no address that mail servers take; set CFP_MAIL_FROM."
        return warning("sender", text)
    return fine("sender", f"Mail comes from {config.mail_from}.")
