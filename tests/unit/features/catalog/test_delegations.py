"""Invariant 4: no unit or person does more of an item than its text or a live delegation lets them, on any day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.catalog.delegations import (
    Agreed,
    Begun,
    Delegated,
    ItemLevels,
    Unit,
    check_delegation,
    check_withdrawal,
    counting,
    may_handle,
    scope_of,
)
from bangban.features.catalog.problems import (
    DelegationDatesReversed,
    DelegationEnded,
    DelegationExists,
    DelegationMisplaced,
    ReturnAtOnce,
)
from bangban.features.catalog.values import DelegationScope, RunningCases
from bangban.kernel.levels import AreaLevel

START = date(2026, 11, 2)
PATHS = {
    "c": AreaLevel.COUNTY,
    "c.t": AreaLevel.TOWN,
    "c.u": AreaLevel.TOWN,
    "c.t.v": AreaLevel.VILLAGE,
    "c.t.w": AreaLevel.VILLAGE,
    "c.t.v.g": AreaLevel.GRID,
}
DAYS = st.integers(0, 9).map(lambda n: START + timedelta(days=n))
LEVELS = st.sets(st.sampled_from([*AreaLevel]), max_size=4)
ITEMS = st.builds(
    ItemLevels,
    owner=st.sampled_from([AreaLevel.COUNTY, AreaLevel.TOWN]),
    handled_at=LEVELS,
    pre_checked_at=LEVELS,
    delegated_only=st.booleans(),
)
UNITS = st.builds(
    lambda path, point, partner, who: Unit(
        area_path=path, level=PATHS[path], point_id=point, partner=partner, staff_id=who
    ),
    st.sampled_from([*PATHS]),
    st.sampled_from([None, "p", "q"]),
    st.booleans(),
    st.sampled_from(["ann", "bo"]),
)
AGREED = st.none() | st.builds(Agreed, names_item=st.booleans(), since=DAYS, until=DAYS)


@st.composite
def delegations(draw: st.DrawFn) -> Delegated:
    point = draw(st.sampled_from([None, "p", "q"]))
    withdrawn = draw(st.none() | DAYS)
    return Delegated(
        scope=draw(st.sampled_from([*DelegationScope])),
        since=draw(DAYS),
        until=draw(st.none() | DAYS),
        withdrawn_on=withdrawn,
        running=None if withdrawn is None else draw(st.sampled_from([*RunningCases])),
        area_path=draw(st.sampled_from([*PATHS])) if point is None else None,
        point_id=point,
        staff_id=draw(st.sampled_from([None, "ann", "bo"])),
        at_partner=point is not None and draw(st.booleans()),
        agreed=draw(AGREED),
    )


def live_days(each: Delegated) -> set[date]:
    """Every day on which it holds."""
    return {
        day
        for day in (START + timedelta(days=n) for n in range(10))
        if day >= each.since
        and not (each.until and day > each.until)
        and not (each.withdrawn_on and day >= each.withdrawn_on)
    }


def by_text(unit: Unit, item: ItemLevels, wanted: DelegationScope) -> bool:
    if unit.partner or (item.delegated_only and unit.level != item.owner):
        return False
    return unit.level in item.handled_at or (
        unit.level in item.pre_checked_at and wanted == DelegationScope.PRE_CHECK
    )


def to_unit(unit: Unit, each: Delegated) -> bool:
    if each.staff_id not in (None, unit.staff_id):
        return False
    if each.point_id is not None:
        return each.point_id == unit.point_id
    return not unit.partner and f"{unit.area_path}.".startswith(f"{each.area_path}.")


def holds(each: Delegated, begun: date, today: date) -> bool:
    agreed = each.agreed
    if each.at_partner and not (agreed and agreed.names_item and agreed.since <= today <= agreed.until):
        return False
    if each.staff_id is not None:  # a person's ends with its last day, whatever began before
        return today in live_days(each)
    kept = each.running == RunningCases.KEEP and begun in live_days(each) and begun <= today
    return today in live_days(each) or kept


def oracle(
    unit: Unit,
    item: ItemLevels,
    given_: list[Delegated],
    wanted: DelegationScope,
    begun: date,
    today: date,
) -> bool:
    """The rule in other words, day by day."""
    order = ["PRE_CHECK", "ACCEPT", "FULL"]
    enough = [each for each in given_ if order.index(each.scope) >= order.index(wanted)]
    return by_text(unit, item, wanted) or any(
        to_unit(unit, each) and holds(each, begun, today) for each in enough
    )


@given(UNITS, ITEMS, st.lists(delegations(), max_size=4), st.sampled_from([*DelegationScope]), DAYS, DAYS)
def test_a_unit_does_what_the_item_or_a_live_delegation_lets_it_and_no_more(
    unit: Unit,
    item: ItemLevels,
    given_: list[Delegated],
    wanted: DelegationScope,
    begun: date,
    today: date,
) -> None:
    allowed = may_handle(unit, item, given_, wanted, begun=Begun(begun), today=today)
    assert allowed is oracle(unit, item, given_, wanted, begun, today)


@given(UNITS, st.lists(delegations(), max_size=4), st.sampled_from([*DelegationScope]), DAYS, DAYS)
def test_what_is_named_as_the_ground_of_an_act_is_enough_for_it(
    unit: Unit, given_: list[Delegated], wanted: DelegationScope, begun: date, today: date
) -> None:
    nothing = ItemLevels(owner=AreaLevel.COUNTY, handled_at=[], pre_checked_at=[])
    ground = counting(unit, given_, wanted, begun=Begun(begun), today=today)
    assert (ground is not None) is oracle(unit, nothing, given_, wanted, begun, today)
    if ground is not None:
        assert oracle(unit, nothing, [ground], wanted, begun, today)
        units = [
            each for each in given_ if each.staff_id is None
        ]  # nobody's own is drawn on where the unit's will do
        assert (ground.staff_id is not None) is not oracle(unit, nothing, units, wanted, begun, today)


@given(
    st.sampled_from(["ann", "bo"]),
    st.sampled_from(["c.t", "c.u", "c.t.v"]),
    DAYS,
    DAYS,
    st.none() | DAYS,
    DAYS,
)
def test_a_chief_representative_decides_alone_there_on_the_days_given_and_not_once_it_is_withdrawn(
    who: str, path: str, since: date, until: date, withdrawn: date | None, today: date
) -> None:
    unit = Unit(area_path=path, level=PATHS[path], staff_id=who)
    item = ItemLevels(owner=AreaLevel.COUNTY, handled_at=[AreaLevel.COUNTY], pre_checked_at=[])
    own = Delegated(
        scope=DelegationScope.FULL,
        since=since,
        until=until,
        withdrawn_on=withdrawn,
        running=None if withdrawn is None else RunningCases.KEEP,
        area_path="c.t",
        staff_id="ann",
    )
    allowed = may_handle(unit, item, [own], DelegationScope.FULL, begun=Begun(since), today=today)
    live = since <= today <= until and (withdrawn is None or today < withdrawn)
    assert allowed is (who == "ann" and path != "c.u" and live)


@given(st.integers(0, 9), st.integers(0, 23), st.integers(0, 9), st.integers(0, 23), st.integers(0, 9))
def test_cases_that_began_before_it_was_withdrawn_are_finished_by_the_unit_those_of_that_day_too(
    begun: int, begun_hour: int, said: int, said_hour: int, later: int
) -> None:
    def at(day: int, hour: int) -> datetime:
        return datetime.combine(START + timedelta(days=day), time(hour), tzinfo=UTC)

    unit = Unit(area_path="c.t", level=AreaLevel.TOWN)
    item = ItemLevels(owner=AreaLevel.COUNTY, handled_at=[AreaLevel.COUNTY], pre_checked_at=[])
    begun_at, on = at(begun, begun_hour), at(said + later, 0).date()
    kept = Delegated(
        scope=DelegationScope.FULL,
        since=START,
        withdrawn_on=on,
        withdrawn_at=at(said, said_hour),
        running=RunningCases.KEEP,
        area_path="c.t",
    )
    allowed = may_handle(
        unit,
        item,
        [kept],
        DelegationScope.FULL,
        begun=Begun(begun_at.date(), begun_at),
        today=at(30, 0).date(),
    )
    assert allowed is (begun_at.date() < on or begun_at <= at(said, said_hour))
    fresh = may_handle(unit, item, [kept], DelegationScope.FULL, begun=Begun(on), today=on)
    assert not fresh, "nothing begins there once it is withdrawn"


@given(st.booleans(), st.booleans(), DAYS, DAYS, DAYS)
def test_a_partners_point_takes_in_only_while_its_agreement_names_the_item_and_runs(
    clerk: bool, names_item: bool, since: date, until: date, today: date
) -> None:
    unit = Unit(area_path="c.t.v", level=AreaLevel.VILLAGE, point_id="p", partner=clerk)
    item = ItemLevels(owner=AreaLevel.COUNTY, handled_at=[], pre_checked_at=[])
    agreed = Agreed(names_item=names_item, since=since, until=until)
    given_ = Delegated(
        scope=DelegationScope.ACCEPT, since=START, point_id="p", at_partner=True, agreed=agreed
    )
    allowed = may_handle(unit, item, [given_], DelegationScope.ACCEPT, begun=Begun(today), today=today)
    assert allowed is (names_item and since <= today <= until)


@given(UNITS, ITEMS, st.lists(delegations(), max_size=3), DAYS)
def test_more_scope_holds_less(unit: Unit, item: ItemLevels, given_: list[Delegated], today: date) -> None:
    scope = scope_of(unit, item, given_, begun=Begun(today), today=today)
    for wanted in DelegationScope:
        allowed = may_handle(unit, item, given_, wanted, begun=Begun(today), today=today)
        assert allowed is (scope is not None and scope.includes(wanted))


TERMS: dict[str, Any] = {
    "owner_level": AreaLevel.COUNTY,
    "from_level": AreaLevel.COUNTY,
    "from_path": "c",
    "to_path": "c.t",
    "to_area": True,
    "since": START,
    "until": None,
    "others": [],
}


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"from_level": AreaLevel.TOWN, "from_path": "c.t", "to_path": "c.t.v"}, DelegationMisplaced),
        ({"to_path": "c"}, DelegationMisplaced),  # to itself
        ({"from_path": "c.t", "to_path": "c.u"}, DelegationMisplaced),
        ({"until": START - timedelta(days=1)}, DelegationDatesReversed),
        ({"others": [(START - timedelta(days=9), None)]}, DelegationExists),
        ({"others": [(START + timedelta(days=9), None)]}, DelegationExists),
    ],
)
def test_an_owner_gives_only_what_is_its_own_to_whom_is_below(
    changes: dict[str, Any], refusal: type[Exception]
) -> None:
    check_delegation(**TERMS)
    check_delegation(**{**TERMS, "to_path": "c", "to_area": False})  # a point at the owner's own area
    check_delegation(**{**TERMS, "to_path": "c", "to_person": True})  # one of the owner's own people
    with pytest.raises(refusal):
        check_delegation(**{**TERMS, **changes})


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"withdrawn_on": START}, DelegationEnded),
        ({"until": START - timedelta(days=1)}, DelegationEnded),
        ({"on": START - timedelta(days=1)}, DelegationDatesReversed),
        ({"running": RunningCases.RETURN, "on": START + timedelta(days=1)}, ReturnAtOnce),
    ],
)
def test_a_delegation_is_withdrawn_once_and_not_in_the_past(
    changes: dict[str, Any], refusal: type[Exception]
) -> None:
    terms: dict[str, Any] = {
        "since": START - timedelta(days=30),
        "until": None,
        "withdrawn_on": None,
        "on": START,
        "running": RunningCases.KEEP,
        "today": START,
    }
    check_withdrawal(**terms)
    with pytest.raises(refusal):
        check_withdrawal(**{**terms, **changes})
