"""What the command line says when it refuses, one sentence per key, and how it counts."""

from collections.abc import Mapping

from cfp.errors import CfpError

SENTENCES: Mapping[str, str] = {
    "unknown_setting": "{name} is not a setting of cfp; see the README for those there are.",
    "bad_setting": "{name} can't be {value!r}.",
    "bad_config_file": "{name} can't be read: {value}",
    "secret_key_readable": "{name} can be read by others; run: chmod 600 {name}",
    "secret_key_empty": "{name} is empty; delete it and a new key is made.",
    "not_writable": "{name} can't be written: {value}",
    "port_busy": "Port {port} of {host} is in use; choose another with --port.",
    "cannot_listen": "Port {port} of {host} can't be used: {value}.",
    "not_upgraded": "The database is not up to date; run: cfp upgrade",
    "bad_database_url": "CFP_DATABASE_URL can't be used: {value}",
    "database_unreachable": "The database can't be reached: {value}",
    "database_failed": "The database can't do it: {value}; cfp doctor says more.",
    "job.not_waiting": "Job {id} is not waiting to be run.",
    "unreadable": "{name} can't be read: {value}",
    "no_version": "{slug} has no such published version.",
    "import_no_format": "{slug} has no format or no track; add one in its settings first.",
    "format.bytes": "byte {offset} ({byte}) is not UTF-8",
    "format.size": "the file is larger than {limit} bytes",
    "format.empty": "the file is empty",
    "format.unknown": "{format!r} is not a format",
    "format.json": "this is not JSON: {reason}",
    "format.version": "the JSON is of schema version {found}; this release reads {known}",
    "format.field": "{path} is not what it should be ({expected})",
    "format.columns": "columns are missing: {missing}",
    "format.csv": "the table can't be read: {reason}",
    "format.submissions": (
        "no talk was found; in a text or a page each has a title with |TOP| behind it, "
        "and below that a line that begins with Speaker(s):"
    ),
    "format.anchor": "two talks, or rows of two talks, share the anchor {anchor!r}",
    "format.order": "{title!r} ends before it starts",
    "format.zone": "{zone!r} is not a time zone such as Europe/Prague",
    "format.xml": "this XML can't be read: {reason}",
    "format.doctype": "a document type in XML is not read, as it could be a trap",
    "format.zip": "this zip is not a workbook (.xlsx)",
    "format.pdf": "the book needs typst: install cfp with its extra, pip install 'cfp[pdf]'",
    "format.shape": "this {format} is of no program known here",
    "demo_elsewhere": "This instance holds something else than the demo; set CFP_INSTANCE.",
    "demo_failed": "The demo could not be made (status {status}); see above.",
    "no_mail_server": "No mail server is set: give CFP_MAIL_SERVER, and CFP_MAIL_PORT if not 25.",
    "bounce.none": "This is no notice of a mail that could not be delivered.",
    "bounce.unnamed": "The notice does not name the mail that it is about.",
    "mail.unknown_message_id": "No mail {message_id} was sent from here.",
    "mail.state_moved_on": "The mail is {state}, so it can't have come back now.",
    "address_bad": "This is not an e-mail address.",
    "address_taken": "This address belongs to somebody already.",
    "account.none_at": "Nobody has an account at {email}; make one with: cfp user add",
    "password_short": "The password is too short: use at least {least} characters.",
    "password_long": "The password is too long: use at most {most} characters.",
    "password_common": "Too many people would think of this password; take a few other words.",
    "password_about_you": "The password is hardly more than the name or the address; add words.",
    "conference.bad_slug": "SLUG is small letters, digits and single hyphens: netconf-2027.",
    "conference.reserved_slug": "{slug!r} is a page of this site; choose another SLUG.",
    "conference.slug_taken": "There is a conference called {slug!r} already.",
    "conference.days_turned": "The last day is before the first.",
    "conference.no_such_time": "Clocks in that zone skip this hour that day; take another time.",
    "conference.deadline_passed": "The deadline, {deadline}, has passed; give a --deadline.",
    "assignment.everyone": "In this conference everyone reviews everything: nothing to assign.",
    "assignment.nothing": "No submission waits for reviewers.",
    "assignment.no_reviewers": "Nobody has the role of a reviewer, or all of them pause.",
    "assignment.import_mistakes": "Nothing was changed; lines that can't be used: {number}.",
    "assignment.import_empty": "No line names a submission under review and a reviewer.",
    "format.rows": "there are more than {limit} rows",
    "assignment.world_changed": "Somebody changed the assignment meanwhile; run it again.",
    "timetable.changed": "The schedule was changed while this was computed; run it again.",
    "timetable.hours": "A day has to end after it begins: look at --from and --until.",
    "timetable.nothing": "There is no talk to be placed.",
    "instance.unreadable": "{name} can't be read: {value}",
    "instance.no_archive": "{name} is not a whole NumPy archive (.npz).",
    "instance.missing": "{name} lacks an array: {field}.",
    "instance.unknown_array": "{name} holds an array {field!r} that no rule is known for.",
    "instance.bad_array": "{name}: {field} is broken or no plain array of numbers.",
    "table.no_rows": "the table has no row below its heading",
    "table.same_column": "the column {column} comes twice",
    "table.cells": (
        "the row has {found} cells, the heading {expected}; a decimal point is a point, as in 3.5"
    ),
    "table.no_code": "{column} is empty",
    "table.number": "{column} can't be {value!r}; it is a number such as 3.5",
    "table.range": "{column} can't be {value}; it is from {least:,.0f} to {most:,.0f}",
    "table.twice": "{reviewer!r} reviewed {submission!r} in line {first} already",
    "table.with_itself": "{submission!r} is compared with itself",
    "table.tie": "tie can't be {value!r}; it is yes, no or empty",
    "items.unknown": "{path} is not known here; known are {known}",
    "items.missing": "{path} is missing",
    "items.value": "{path} can't be {value}; it is {expected}",
    "items.twice": "{path}: {value!r} comes twice",
    "items.nothing": "{path}: no item is of {value!r}",
    "items.must_never": "{path} is both must and never",
    "items.kind": "{path} limits nothing, or several things; docs/decisions.md says what there is",
    "selection.least_above_most": "The limit {name!r} asks for {least:g}, but at most {most:g}.",
    "selection.bound_range": "The limit {name!r} can't be {value:g}.",
    "selection.share_range": "The limit {name!r} can't be {value:g}; a share is from 0 to 1.",
    "selection.price_range": "The price of the limit {name!r} can't be {value:g}.",
    "selection.same_name": "Two limits are called {name!r}.",
    "selection.no_time": "Nothing was found within {seconds:g} seconds; give a --time-limit.",
    "problem.no_scores": "No review has a score.",
    "problem.shape": "{field} has the wrong shape: {found} where {expected} is needed.",
    "problem.not_numbers": "{field} holds something else than numbers.",
    "problem.not_finite": "{field}, row {row}: {value} is not a finite number.",
    "problem.not_whole": "{field}, row {row}: {value} is not a whole number.",
    "problem.not_flags": "{field}, row {row}: {value} is neither 0 nor 1.",
    "problem.negative": "{field}, row {row}: {value} is negative.",
    "problem.too_large": "{field}, row {row}: {value:.0f} is too large.",
    "problem.scores_too_large": "The scores are too large to be added up exactly.",
    "problem.floor_range": "{field} can't be {value}; it is a share from 0 to 1.",
    "problem.unknown_id": "{field}, row {row}: there is no number {value}.",
    "problem.duplicate_pair": "{field}, row {row}: paper {paper} and reviewer {reviewer} again.",
    "problem.same_reviewer": "{field}, row {row}: reviewer {reviewer} twice.",
    "problem.load_min_above_max": (
        "load_min, row {reviewer}: {load_min} is more than load_max, {load_max}."
    ),
    "no_conference": "There is no conference called {slug!r}; those there are: {known}.",
}


def sentence(error: CfpError) -> str:
    """The error in words; an unknown key is shown with its data rather than hidden."""
    words = SENTENCES.get(error.key)
    text = words.format(**error.data) if words else str(error)
    line = getattr(error, "line", None)
    return f"line {line}: {text}" if line else text


def number_of(count: int, noun: str, several: str = "") -> str:
    """Like "1 talk", "2 talks"; `several` where it takes more than an s."""
    return f"{count} {noun if count == 1 else several or noun + 's'}"
