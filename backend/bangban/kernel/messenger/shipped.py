"""The texts that come with the product. They name a case by number and say nothing personal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Final

from bangban.kernel.messenger.templates import Template, Text
from bangban.kernel.messenger.texts import accounts, asking, cases, duties, orders, places

TEXTS: Final[Mapping[Template, Text]] = {
    **accounts.TEXTS,
    **asking.TEXTS,
    **cases.TEXTS,
    **duties.TEXTS,
    **orders.TEXTS,
    **places.TEXTS,
}


def facts_of(template: Template) -> frozenset[str]:
    """The names of the facts that ``template`` needs."""
    return frozenset(name for _, name, _, _ in Formatter().parse(TEXTS[template].zh) if name)


def shipped_text(template: Template, language: str) -> str:
    """The text that comes with the product, in Chinese (``zh…``) or English (any other language)."""
    text = TEXTS[template]
    return text.zh if _is_chinese(language) else text.en


def written(fact: object, language: str) -> str:
    """A fact as it stands in a text: lists as one enumeration, dates as ISO 8601."""
    if isinstance(fact, Iterable) and not isinstance(fact, str):
        return ("、" if _is_chinese(language) else ", ").join(str(one) for one in fact)
    return str(fact)


def _is_chinese(language: str) -> bool:
    return language.lower().startswith("zh")
