"""The command line: ``bangban …``."""

from __future__ import annotations

import gc


def main() -> None:
    """Load the commands and run the one that was asked for."""
    gc.disable()  # what modules make lives on, and looking for garbage among it was a sixth of every start
    from bangban.cli.commands import run_command  # noqa: PLC0415 - only now are they loaded

    gc.enable()
    run_command()
