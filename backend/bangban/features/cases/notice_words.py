"""How a message puts a one-time notice 一次性告知 (DOMAIN B03): what is missing, how, where by when to bring it.

Short messages have about 500 characters, and what is missing is named whole. So the way to supply it is shortened; the
case and its printed notice have all of it. Pure.
"""

from __future__ import annotations

from datetime import date
from typing import Final

LONGEST_WAY: Final = 80  # characters of the words for the applicant
LONGEST_PLACE: Final = 60  # and of the point with its address


def with_reason(name: str, reason: str | None) -> str:
    """A missing material, and what is wrong with it."""
    return f"{name}({reason})" if reason else name


def supplying_words(
    language: str, *, deadline: date | None, how: str | None, place: str | None, address: str | None
) -> str:
    """How, where and until when to supply what is missing, as far as the notice says; else whom to ask."""
    zh = language.lower().startswith("zh")
    where = place and (f"{place}({address})" if address else place)
    said = (
        (deadline, "请于 {} 前补交", "Supply it by {}"),
        (_shortened(how, LONGEST_WAY), "方式：{}", "how: {}"),
        (_shortened(where, LONGEST_PLACE), "地点：{}", "where: {}"),
    )
    parts = [(in_zh if zh else in_en).format(fact) for fact, in_zh, in_en in said if fact]
    if not parts:
        return "如何补交请咨询承办人" if zh else "Ask whoever handles it how to supply it"
    return ("；" if zh else "; ").join(parts)


def _shortened(words: str | None, longest: int) -> str | None:
    line = " ".join((words or "").split()).rstrip("。.；;")
    return line if len(line) <= longest else line[: longest - 1] + "…"
