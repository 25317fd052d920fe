"""What several truths need: words of a profile, a part of a text, whole minutes."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any


def has(text: str | None, search: str) -> bool:
    return text is not None and search.lower() in text.lower()


def natural(number: str) -> tuple[list[Any], str]:
    """Numbers of windows in the order in which people count them."""
    parts = re.split("([0-9]+)", number)
    return [each.zfill(10) if each.isdigit() else each for each in parts if each], number


def minutes(since: datetime, until: datetime | None) -> int | None:
    """Whole minutes from one moment to another."""
    return None if until is None else int((until - since).total_seconds() // 60)


class Said:
    """An object of a profile's settings: members by name, words in both languages, lists of objects."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    def __getattr__(self, name: str) -> Any:
        base = name.removesuffix("_en")
        found = self.document[base]
        if isinstance(found, dict):
            return found["en" if name.endswith("_en") else "zh"]
        if isinstance(found, list):
            return [Said(each) if isinstance(each, dict) else each for each in found]
        return found
