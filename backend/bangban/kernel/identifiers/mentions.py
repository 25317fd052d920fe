"""Numbers of people in free words, where more read along than may see them."""

from __future__ import annotations

import re
from typing import Final

from bangban.kernel.identifiers.text import half_width, plain
from bangban.kernel.problems import Problem

_NUMBER: Final = re.compile(
    r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dX])(?!\d)"
)  # a mobile phone, a resident's number


class NumberInText(Problem):
    """Numbers have fields of their own, which are sealed and shown masked (DOMAIN 3.15)."""

    zh = "请勿在此填写身份证号或手机号,请填入相应栏目。"
    en = "Leave identity numbers and mobile phones out of this text; they have fields of their own."


def refuse_numbers(text: str | None, *, fields: tuple[str, ...]) -> None:
    """Raises ``NumberInText`` where a mobile phone or a resident's identity number stands in ``text``.

    Also where it was typed in full width, or with blanks or hyphens in between.
    """
    if text is None:
        return
    # As it stands, since a number of a room may come just before a phone; and as one string of digits.
    if any(_NUMBER.search(each) for each in (half_width(text).upper(), plain(text).replace("-", ""))):
        raise NumberInText(fields=fields)
