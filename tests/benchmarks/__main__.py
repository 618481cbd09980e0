"""`make bench`: processor time of each page, on SQLite and (where it is installed) PostgreSQL."""

import sys

from tests.benchmarks.pages import main

sys.exit(main(sys.argv[1:]))
