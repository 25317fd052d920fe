"""收件箱: whether a list holds a case, decided without asking the database again.

The same as the guard and the filter of ``cases`` say in SQL (a property test holds the two against each other), so
that one reading of a case that changed serves everybody who watches a list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bangban.features.cases.values import CaseState, ClockLight
from bangban.kernel.access.grants import Scope
from bangban.kernel.access.paths import path_label


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a case stands, as far as guards and filters ask, and what of that it has lately left.

    ``searched`` says whether the words that were looked for find it; words find the same for good. ``states_left``
    and ``people_left`` are since when it is no longer in a state, and no longer somebody's own.
    """

    id: str
    number: str
    state: CaseState
    area_path: str
    service_code: str
    holder_id: UUID
    first_asked_id: UUID
    offered_to_id: UUID | None
    resident_id: UUID
    light: ClockLight | None
    searched: bool
    states_left: tuple[tuple[datetime, CaseState], ...] = ()
    people_left: tuple[tuple[datetime, UUID], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which cases a list is asked for. None is no condition; words to search for are ``Standing.searched``."""

    states: frozenset[CaseState] | None = None
    area_id: UUID | None = None
    service_code: str | None = None
    mine: bool = False
    light: ClockLight | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads: ``scope`` is where ``case:read`` holds, ``resident`` whether own cases are those applied for."""

    id: UUID | None
    resident: bool
    scope: Scope


def owns(case: Standing, reader: Reader) -> bool:
    """Whether the case is the reader's own."""
    if reader.id is None:
        return False
    if reader.resident:
        return case.resident_id == reader.id
    return reader.id in (case.holder_id, case.first_asked_id, case.offered_to_id)


def may_see(case: Standing, reader: Reader) -> bool:
    """Whether the reader's grants reach the case."""
    return reader.scope.covers(case.area_path, owned=owns(case, reader))


def is_listed(case: Standing, wanted: Wanted, reader: Reader) -> bool:
    """Whether the list holds the case now."""
    return (
        may_see(case, reader)
        and _fits_for_good(case, wanted)
        and (wanted.states is None or case.state in wanted.states)
        and (not wanted.mine or owns(case, reader))
        and (wanted.light is None or case.light is wanted.light)
    )


def may_have_been_listed(case: Standing, wanted: Wanted, reader: Reader, *, since: datetime) -> bool:
    """Whether the list may have held the case at some time since then, under the grants that the reader has now.

    Never False where it did. True as well where only the light is not known to have been another; and never for a
    case that the reader can neither see nor could see since.
    """
    owned = owns(case, reader) or any(
        at >= since and each == reader.id and not reader.resident for at, each in case.people_left
    )
    return (
        reader.scope.covers(case.area_path, owned=owned)
        and _fits_for_good(case, wanted)
        and (wanted.states is None or not wanted.states.isdisjoint(_states_since(case, since)))
        and (not wanted.mine or owned)
    )


def _states_since(case: Standing, since: datetime) -> set[CaseState]:
    return {case.state} | {state for at, state in case.states_left if at >= since}


def _fits_for_good(case: Standing, wanted: Wanted) -> bool:
    """What no change of a case changes."""
    inside = wanted.area_id is None or path_label(wanted.area_id) in case.area_path.split(".")
    return inside and wanted.service_code in (None, case.service_code) and case.searched
