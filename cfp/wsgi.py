"""For servers that take a WSGI application, with PostgreSQL: `gunicorn cfp.wsgi:app`.

They serve the pages alone; `cfp worker` sends the mail and runs the jobs.
"""

import gc

gc.disable()  # what is imported stays: looking for garbage in it took an eighth of the start

from cfp.app import create_app, settle  # noqa: E402 - as said
from cfp.cli.connecting import ready_engine  # noqa: E402
from cfp.cli.runtime import load_config  # noqa: E402

config = load_config()
ready_engine(config).dispose()
app = create_app(config)
settle()
gc.enable()
