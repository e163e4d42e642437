"""`python -m ganlint`."""

from __future__ import annotations

from ganlint.cli import main

main()
