"""Names as people read them: on papers, in lists, at a window. What cannot be seen has no place in one.

Free words may hold more, such as lines and signs made of several characters; something of them is seen, too.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Control, format (which turns the reading direction round), surrogate, private, unassigned; line and paragraph ends.
_UNSHOWN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs that are drawn as nothing
_SEEN: Final = frozenset("LNPS")  # a mark alone, or a blank, is nothing to read
_TURNING: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # Unicode's Bidi_Control
_IDEOGRAPHS: Final = range(
    0x20000, 0x40000
)  # planes kept for ideographs: a rare name may be newer than our tables


def shown_name(text: str | None) -> str | None:
    """The name in its composed form without the blanks around it.

    None where nothing is left to see, and where it holds what is not shown: line breaks, control characters, what
    turns the reading direction round.
    """
    plain = unicodedata.normalize("NFC", text or "").strip()
    kinds = {letter: _kind(letter) for letter in plain}
    if _BLANK.intersection(plain) or not _UNSHOWN.isdisjoint(kinds.values()):
        return None
    return plain if any(kind[0] in _SEEN for kind in kinds.values()) else None


def is_seen(text: str) -> bool:
    """Whether anything of it is drawn."""
    return any(letter not in _BLANK and _kind(letter)[0] in _SEEN for letter in text)


def turns_round(text: str) -> bool:
    """Whether it holds what turns the reading direction round, so that it is not read as it was written."""
    return _TURNING.search(text) is not None


def _kind(letter: str) -> str:
    found = unicodedata.category(letter)
    return "Lo" if found == "Cn" and ord(letter) in _IDEOGRAPHS else found
