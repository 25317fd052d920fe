"""The cells of one line of a service list as values, or what is wrong with them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from bangban.features.catalog.sheet_words import word_of
from bangban.kernel.sheets import Line

MOST_NUMBER: Final = 9999  # days, trips, papers
_LIST: Final = re.compile(r"[、,,;;|/\n]+")


@dataclass(frozen=True, slots=True)
class Cells:
    """One line's cells as values; whatever is wrong is told to ``fault``."""

    line: Line
    fault: Callable[[Line, str | None, str, str], None]

    def number(self, column: str) -> int | None:
        """A whole number up to ``MOST_NUMBER``."""
        text = self.line.cells[column]
        if text is None:
            return None
        if not 0 <= int(text) <= MOST_NUMBER:
            self.fault(
                self.line, column, f"应在 0 至 {MOST_NUMBER} 之间。", f"It must be from 0 to {MOST_NUMBER}."
            )
            return None
        return int(text)

    def flag(self, column: str, *, usual: bool) -> bool:
        """Yes or no, ``usual`` where nothing is said."""
        text = self.line.cells[column]
        return usual if text is None else text == "true"

    def day(self, column: str) -> date | None:
        """A day."""
        text = self.line.cells[column]
        return None if text is None else date.fromisoformat(text)

    def member(self, column: str, words: Mapping[str, StrEnum]) -> StrEnum | None:
        """One of ``words``."""
        text = self.line.cells[column]
        return None if text is None else self._word(column, text, words)

    def members(self, column: str, words: Mapping[str, StrEnum]) -> tuple[StrEnum, ...]:
        """Any number of ``words``, each once, in the order in which they stand."""
        parts = [part.strip() for part in _LIST.split(self.line.cells[column] or "") if part.strip()]
        found = [self._word(column, part, words) for part in parts]
        return tuple(dict.fromkeys(each for each in found if each is not None))

    def _word(self, column: str, text: str, words: Mapping[str, StrEnum]) -> StrEnum | None:
        found = word_of(text, words)
        if found is None:
            shown = text if len(text) <= 20 else text[:20] + "…"
            names = ", ".join(dict.fromkeys(member.name for member in words.values()))
            self.fault(
                self.line,
                column,
                f"“{shown}”不是可用的值;可用:{'、'.join(words)}。",
                f"{shown} is not one of: {names}.",
            )
        return found
