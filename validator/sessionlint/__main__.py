"""`python -m sessionlint`."""

from sessionlint.cli import main

main()
