"""A district migration as the rules look at it, and what they say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bangban.kernel.tenancy.fleet.declared import Declared
from bangban.kernel.tenancy.fleet.locks import Effect


@dataclass(frozen=True)
class Fault:
    """One rule that a migration breaks."""

    revision: str
    rule: str
    zh: str
    en: str


@dataclass(frozen=True)
class Examined:
    """A migration, what it would run, and those before it."""

    declared: Declared
    effects: tuple[Effect, ...]
    before: dict[str, Declared]

    @property
    def existing(self) -> list[Effect]:
        """What it does to tables that it did not make itself."""
        return [each for each in self.effects if each.existing]


Sentence = tuple[str, str]
Rule = Callable[[Examined], Iterator[Sentence]]
