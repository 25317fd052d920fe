"""What each district migration says of itself, and which districts this process may serve because of it.

``phase = "expand"`` adds, so that code of the release before goes on working; ``"contract"`` takes away what an
older release read, and names with ``contracts`` the revision whose release had stopped reading it.
``serves_without`` says that the code of this release also serves a district that has not had the migration.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from alembic.script import ScriptDirectory

from bangban.kernel.tenancy.migrations import district_scripts


class Phase(StrEnum):
    """Which half of a change a migration is."""

    EXPAND = "expand"
    CONTRACT = "contract"


@dataclass(frozen=True)
class Declared:
    """The declarations of one migration; ``rewrites``, ``builds`` and ``narrows`` are reasons."""

    revision: str
    title: str
    phase: str | None
    release: str | None
    serves_without: bool | None
    contracts: str | None = None
    rewrites: str | None = None
    builds: str | None = None
    narrows: str | None = None


def declared_by(module: Any) -> Declared:
    """What a migration's module says. What it does not say is None."""
    return Declared(
        revision=module.revision,
        title=(module.__doc__ or "").strip().partition("\n")[0],
        phase=getattr(module, "phase", None),
        release=getattr(module, "release", None) or None,
        serves_without=getattr(module, "serves_without", None),
        contracts=getattr(module, "contracts", None),
        rewrites=getattr(module, "rewrites", None),
        builds=getattr(module, "builds", None),
        narrows=getattr(module, "narrows", None),
    )


def history() -> tuple[Declared, ...]:
    """Every migration that this process knows, the oldest first."""
    return _history(district_scripts())


@lru_cache(maxsize=4)
def _history(scripts: ScriptDirectory) -> tuple[Declared, ...]:
    return tuple(declared_by(script.module) for script in reversed(list(scripts.walk_revisions())))


def known_revisions() -> tuple[str, ...]:
    """The revisions of ``history``."""
    return tuple(each.revision for each in history())


def serves(revision: str, code_from: str) -> bool:
    """Whether this process's code works on a district at ``revision`` that asks for code from ``code_from`` on."""
    return _serves(district_scripts(), revision, code_from)


@lru_cache(maxsize=256)
def _serves(scripts: ScriptDirectory, revision: str, code_from: str) -> bool:
    steps = _history(scripts)
    known = [each.revision for each in steps]
    if code_from not in known:
        return False  # something that this code still reads is gone
    if revision not in known:
        return True  # a newer release was here, and took nothing away
    return all(each.serves_without for each in steps[known.index(revision) + 1 :])
