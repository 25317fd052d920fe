"""Texts in files that are opened in spreadsheet programs: none of them is taken for a formula and run.

Programs take a cell for a formula by its first letter. An apostrophe before it says that it is text; whoever
reads such a file takes it off again, from a district's own folder as from a table that somebody sends. What begins with
an apostrophe and no such letter is the writer's own.
"""

from __future__ import annotations

import re
from typing import Final

_FORMULA: Final = re.compile(r"'*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_GUARDED: Final = re.compile(r"''*[=+\-@\uff1d\uff0b\uff0d\uff20]")


def guarded(text: str) -> str:
    """The text as a cell that no program runs."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text that ``guarded`` was given; any other as it is."""
    return text[1:] if _GUARDED.match(text) else text
