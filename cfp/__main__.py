"""`python -m cfp` is `cfp`."""

from cfp.cli import main

main()
