"""Refusals about files that cannot be read as a table."""

from __future__ import annotations

from bangban.kernel.problems import Problem

_LONGEST = 40


class SheetUnreadable(Problem):
    """The file as a whole cannot be read; the sentence says why and what to do."""

    zh = "{reason_zh}"
    en = "{reason}"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(reason_zh=zh, reason=en)


def shown(text: str) -> str:
    """``text`` for a sentence: shortened, on one line, and writable in any encoding."""
    text = " ".join(text.encode("utf-8", "replace").decode().split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
