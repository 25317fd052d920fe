"""Which lists hold a case, and which may have held it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bangban.features.cases.rules.inbox import (
    Reader,
    Standing,
    Wanted,
    is_listed,
    may_have_been_listed,
    may_see,
)
from bangban.features.cases.values import CaseState, ClockLight
from bangban.kernel.access.grants import Scope

COUNTY, TOWN, VILLAGE, OTHER = (UUID(int=each) for each in (1, 2, 3, 4))
ME, HOLDER, APPLICANT = (UUID(int=each) for each in (11, 12, 13))
NOW = datetime(2026, 3, 2, tzinfo=UTC)
EVERYTHING, NOTHING = Scope(whole=True), Scope()

CASE = Standing(
    id="1",
    number="X-1",
    state=CaseState.ACCEPTED,
    area_path=f"{COUNTY.hex}.{TOWN.hex}.{VILLAGE.hex}",
    service_code="S",
    holder_id=HOLDER,
    first_asked_id=HOLDER,
    offered_to_id=None,
    resident_id=APPLICANT,
    light=ClockLight.RED,
    searched=True,
)


def reader(scope: Scope = EVERYTHING, *, who: UUID | None = ME, resident: bool = False) -> Reader:
    return Reader(id=who, resident=resident, scope=scope)


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (reader(), True),
        (reader(NOTHING), False),
        (reader(Scope(paths=(f"{COUNTY.hex}.{TOWN.hex}",))), True),
        (reader(Scope(paths=(f"{COUNTY.hex}.{TOWN.hex}.{OTHER.hex}",))), False),
        (reader(Scope(paths=(CASE.area_path[:-1],))), False),
        (reader(Scope(own=True)), False),
        (reader(Scope(own=True), who=HOLDER), True),
        (reader(Scope(own=True), who=APPLICANT), False),
        (reader(Scope(own=True), who=APPLICANT, resident=True), True),
        (reader(Scope(own=True), who=HOLDER, resident=True), False),
        (reader(Scope(own=True), who=None), False),
    ],
)
def test_a_case_is_seen_where_grants_reach_it(who: Reader, seen: bool) -> None:
    assert may_see(CASE, who) is seen
    assert is_listed(CASE, Wanted(), who) is seen
    assert may_have_been_listed(CASE, Wanted(), who, since=NOW) is seen


@pytest.mark.parametrize(
    ("wanted", "listed", "before"),
    [
        (Wanted(states=frozenset({CaseState.ACCEPTED})), True, True),
        (Wanted(states=frozenset({CaseState.SUBMITTED})), False, True),
        (Wanted(states=frozenset({CaseState.CLOSED})), False, False),
        (Wanted(states=frozenset()), False, False),
        (Wanted(area_id=TOWN), True, True),
        (Wanted(area_id=OTHER), False, False),
        (Wanted(service_code="S"), True, True),
        (Wanted(service_code="T"), False, False),
        (Wanted(mine=True), False, True),
        (Wanted(light=ClockLight.RED), True, True),
        (Wanted(light=ClockLight.GREEN), False, True),
    ],
)
def test_a_filter_is_kept_to_now_and_as_it_may_have_been(
    wanted: Wanted,
    listed: bool,
    before: bool,
) -> None:
    left = replace(CASE, states_left=((NOW, CaseState.SUBMITTED),), people_left=((NOW, ME),))
    assert is_listed(left, wanted, reader()) is listed
    assert may_have_been_listed(left, wanted, reader(), since=NOW) is before
    later = NOW + timedelta(seconds=1)
    if wanted.states or wanted.mine:
        assert may_have_been_listed(left, wanted, reader(), since=later) is listed


def test_whoever_handed_it_on_hears_that_it_is_gone_and_nothing_later() -> None:
    left = replace(CASE, people_left=((NOW, ME),))
    own = reader(Scope(own=True))
    assert not may_see(left, own)
    assert may_have_been_listed(left, Wanted(), own, since=NOW)
    assert not may_have_been_listed(left, Wanted(), own, since=NOW + timedelta(seconds=1))
    resident = reader(Scope(own=True), resident=True)
    assert not may_have_been_listed(left, Wanted(), resident, since=NOW)


def test_what_a_search_does_not_find_it_never_found() -> None:
    hidden = replace(CASE, searched=False, states_left=((NOW, CaseState.SUBMITTED),))
    assert not is_listed(hidden, Wanted(), reader())
    assert not may_have_been_listed(hidden, Wanted(), reader(), since=NOW)
