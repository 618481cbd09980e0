"""`make bench`: start and memory of the server, then processor time of each page.

On SQLite and, where it is installed, on PostgreSQL.
"""

import sys

from tests.benchmarks import pages, start

options = pages.parse(sys.argv[1:])
sys.exit(start.main() or pages.main(options))
