"""`python -m corsinspect`: the same as the `corsinspect` command."""

from corsinspect.cli import main

main()
