"""``python -m qa`` is the command ``qa``."""

from .cli import main

main()
