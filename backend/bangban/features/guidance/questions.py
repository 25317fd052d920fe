"""Questions that lead to a matter 情形引导, as somebody wrote them (DOMAIN E04). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """The same words in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One answer: ``next`` is another question; ``item``, ``bundle`` and ``advice`` are ends, of which there is one."""

    key: str
    label: Words
    next: str | None = None
    item: str | None = None
    bundle: str | None = None
    advice: Words | None = None

    @property
    def ways(self) -> int:
        """How many ways on it names; a right one names one."""
        return sum(each is not None for each in (self.next, self.item, self.bundle, self.advice))


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """One question with its answers, in their order."""

    key: str
    question: Words
    answers: tuple[Answer, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class GuidanceDraft:
    """One version of the questions, as written and not yet judged. They begin with ``start``."""

    code: str
    name: str
    name_en: str | None = None
    start: str
    nodes: tuple[Node, ...]
    effective_from: date
    effective_to: date | None = None
    version: int = 1

    @property
    def ends(self) -> frozenset[str]:
        """The codes of all items and bundles to which answers lead."""
        answers = [each for node in self.nodes for each in node.answers]
        return frozenset(code for each in answers for code in (each.item, each.bundle) if code is not None)
