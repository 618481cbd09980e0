"""What the command line says when it refuses: one sentence per key."""

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
    "not_upgraded": "The database is not up to date; run: cfp upgrade",
    "database_unreachable": "The database can't be reached: {value}",
    "job.not_waiting": "Job {id} is not waiting to be run.",
    "no_conference": "There is no conference called {slug!r}; those there are: {known}.",
}


def sentence(error: CfpError) -> str:
    """The error in words; an unknown key is shown with its data rather than hidden."""
    words = SENTENCES.get(error.key)
    return words.format(**error.data) if words else str(error)
