"""Free words, which more people read, and for longer, than may see somebody's numbers; and which can be read."""

from __future__ import annotations

import re
from typing import Final

from bangban.kernel.identifiers.names import is_seen, turns_round
from bangban.kernel.identifiers.text import half_width, plain
from bangban.kernel.problems import InvalidInput, Problem

LONGEST_WORDS: Final = 2000
"""Characters: two pages, which no reason, opinion or note has needed."""

_NUMBER: Final = re.compile(
    r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dX])(?!\d)"
)  # a mobile phone, a resident's number


class NumberInText(Problem):
    """Numbers have fields of their own, which are sealed and shown masked (DOMAIN 3.15)."""

    zh = "请勿在此填写身份证号或手机号,请填入相应栏目。"
    en = "Leave identity numbers and mobile phones out of this text; they have fields of their own."


class WordsUnseen(Problem):
    """Words that nobody sees say nothing, and those that are turned round say something else."""

    zh = "请填写能看见的内容,不要使用改变文字方向的控制字符。"
    en = "Write something that can be seen, without characters that turn the reading direction round."


def bounded(text: str | None, *, fields: tuple[str, ...], longest: int = LONGEST_WORDS) -> str | None:
    """The text without blanks around it, None where nothing was said.

    Raises:
        InvalidInput: It has more than ``longest`` characters.
        WordsUnseen: Nothing of it is seen, or it turns the reading direction round.
    """
    found = (text or "").strip()
    if len(found) > longest:
        raise InvalidInput(
            f"Say it in at most {longest} characters.", f"内容不超过 {longest} 个字。", fields=fields
        )
    if _is_unseen(found):
        raise WordsUnseen(fields=fields)
    return found or None


def free_words(text: str | None, *, fields: tuple[str, ...], longest: int = LONGEST_WORDS) -> str | None:
    """As ``bounded``, and without anybody's numbers: reasons, opinions and answers are kept for good.

    Raises:
        InvalidInput: It has more than ``longest`` characters.
        WordsUnseen, NumberInText: As ``refuse_unfit``.
    """
    found = bounded(text, fields=fields, longest=longest)
    refuse_unfit(found, fields=fields)
    return found


def reason_of(text: str) -> str:
    """A reason as it is kept.

    Raises:
        InvalidInput: None is given, or too long a one.
        WordsUnseen, NumberInText: As ``refuse_unfit``.
    """
    found = free_words(text, fields=("input.reason",))
    if found is None:
        raise InvalidInput("State the reason.", "请填写理由。", fields=("input.reason",))
    return found


def refuse_unfit(text: str | None, *, fields: tuple[str, ...]) -> None:
    """Refuse words that are not kept; of what was not said there is nothing to refuse.

    Raises:
        WordsUnseen: Nothing of them is seen, or they turn the reading direction round.
        NumberInText: A mobile phone or a resident's identity number stands in them; also where it was typed in full
            width, or with blanks or hyphens in between.
    """
    found = None if text is None else unfitness_of(text)
    if found is not None:
        raise found(fields=fields)


def unfitness_of(text: str) -> type[WordsUnseen] | type[NumberInText] | None:
    """What ``refuse_unfit`` would raise."""
    if _is_unseen(text):
        return WordsUnseen
    return NumberInText if _has_number(text) else None


def _is_unseen(text: str) -> bool:
    said = text.strip()
    return bool(said) and (turns_round(said) or not is_seen(said))


def _has_number(text: str) -> bool:
    # As it stands, since a number of a room may come just before a phone; and as one string of digits.
    written = (half_width(text).upper(), plain(text).replace("-", ""))
    return any(_NUMBER.search(each) for each in written)
