"""For servers that take a WSGI application, with PostgreSQL: `gunicorn cfp.wsgi:app`.

They serve the pages alone; `cfp worker` sends the mail and runs the jobs.
"""

from cfp.app import create_app, settle
from cfp.cli.connecting import ready_engine
from cfp.cli.runtime import load_config

config = load_config()
ready_engine(config).dispose()
app = create_app(config)
settle()
