"""How a run over the fleet goes about it, what it tells meanwhile, and what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bangban.kernel.tenancy.fleet.trouble import Trouble


@dataclass(frozen=True)
class Pace:
    """How a run goes about it. Timeouts in milliseconds.

    ``lock_timeout_ms``: whoever waits for a table makes all others wait behind it, so it waits briefly and often.
    ``tries``: of one district in one run, where a lock was not to be had. ``canary``: so many districts go first,
    and the rest only if none of them failed.
    """

    workers: int = 4
    lock_timeout_ms: int = 2_000
    statement_timeout_ms: int = 600_000
    tries: int = 6
    canary: int = 0


class Ended(StrEnum):
    """What came of one district's turn."""

    MOVED = "MOVED"
    ALREADY = "ALREADY"
    BUSY = "BUSY"


Report = Callable[[str, int, int], Awaitable[None]]
"""Told of the stage (``canary`` or ``districts``), how many are done, and of how many. What it raises ends the run
once the districts that were begun are through."""


@dataclass
class Outcome:
    """What came of a run. ``failed`` names districts and what was wrong; ``held_back``: left alone after a canary."""

    moved: int = 0
    failures: int = 0
    held_back: int = 0
    failed: list[tuple[str, Trouble]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As a task keeps it."""
        named = [{"slug": slug, "problem": str(trouble)} for slug, trouble in self.failed]
        return {
            "moved": self.moved,
            "failures": self.failures,
            "heldBack": self.held_back,
            "failed": named,
        }
