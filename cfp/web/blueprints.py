"""All blueprints, one per actor; each package's `views` modules hang their routes on it."""

from cfp.web.account import blueprint as account
from cfp.web.chair import blueprint as chair
from cfp.web.public import blueprint as public
from cfp.web.reviewer import blueprint as reviewer
from cfp.web.speaker import blueprint as speaker

BLUEPRINTS = (account, chair, reviewer, speaker, public)
