"""What is left of a text when everything is taken away behind which a phrase could hide (DOMAIN B05)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_NOT_CHINESE: Final = re.compile("[^\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")


def plain_letters(text: str) -> str:
    """Letters and digits alone, in one width and case: no blank, mark or sign that could stand between them."""
    folded = unicodedata.normalize("NFKD", text).casefold()  # marks apart from their letters
    return "".join(each for each in folded if unicodedata.category(each)[0] in "LN")


def holds_phrase(text: str, phrase: str) -> bool:
    """Whether a text has a phrase in it; one of Chinese characters alone also where a digit or a tag stands between."""
    said, banned = plain_letters(text), plain_letters(phrase)
    if not banned:
        return False
    return banned in said or (not _NOT_CHINESE.search(banned) and banned in _NOT_CHINESE.sub("", said))
