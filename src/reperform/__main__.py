"""`python -m reperform`."""

from reperform.cli import main

main()
