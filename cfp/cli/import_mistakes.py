"""What the command line says of a line of an imported table that cannot be used."""

from collections.abc import Mapping

MISTAKES: Mapping[str, str] = {
    "action": "{text!r} is no action: assign, or remove.",
    "submission": "{text!r} is no submission under review.",
    "reviewer": "{text!r} is no reviewer here.",
    "several": "several reviewers are called {text!r}: give a code or an address.",
    "twice": "this pair is there already, in line {text}.",
    "blocked": "{text} has a conflict of interest with it.",
    "declined": "{text} has declined to review it.",
    "paused": "{text} pauses, or is no reviewer any more.",
    "started": "{text} has begun to review it, so that stays.",
}
