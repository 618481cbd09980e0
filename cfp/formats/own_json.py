"""`program.json`: everything a version holds, as `docs/formats.md` describes it."""

import json

from cfp.formats.program import to_json
from cfp.formats.writers import Edition


def write_json(edition: Edition) -> str:
    """Return our own JSON."""
    data = to_json(edition.program, edition.materials)
    return json.dumps(data, ensure_ascii=False)
