"""Budgets: never more than the bucket and its inflow, fair waiting times, bounded memory, no clock but ours."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.problems import ErrorCode, RateLimited
from bangban.settings import Settings
from bangban.web.budgets import (
    Allowances,
    Buckets,
    Budgets,
    CallerOverBudget,
    DistrictOverBudget,
    Standing,
    client_of,
    customer_of,
)
from bangban.web.costs import MOST_COST

SECOND = 10**9
ANYBODY = Principal.anonymous(district="zouping")
OFF = Allowances(district=0, principal=0, portal=0, address=0)


class Clock:
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 5 * SECOND

    def __call__(self) -> int:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += int(seconds * SECOND)


def somebody(kind: PrincipalKind = PrincipalKind.STAFF, *, district: str = "zouping") -> Principal:
    return Principal(kind, uuid4(), district)


def budgets(clock: Clock, **allowed: Any) -> Budgets:
    return Budgets(replace(OFF, **allowed), clock=clock)


def spend(
    of: Budgets,
    price: int,
    *,
    who: Principal = ANYBODY,
    address: str = "10.0.0.1",
    district: str | None = "zouping",
) -> Standing:
    return of.spend(district=district, principal=who, address=address, price=price)


def after_waiting(kept: Budgets, clock: Clock, price: int, *, seconds: int) -> Standing:
    """Right after the time that a refusal names there is enough, and a second before there was not."""
    assert seconds >= 1
    clock.pass_(seconds - 1)
    if seconds > 1:
        with pytest.raises(CallerOverBudget) as again:
            spend(kept, price)
        assert again.value.seconds == 1
    clock.pass_(1)
    return spend(kept, price)


@given(
    budget=st.integers(1, 10**7),
    burst=st.integers(0, 120),
    asked=st.lists(
        st.tuples(st.integers(0, 70 * SECOND), st.integers(1, MOST_COST)), min_size=1, max_size=60
    ),
)
def test_no_stretch_of_time_lets_more_through_than_the_bucket_and_its_inflow(
    budget: int, burst: int, asked: list[tuple[int, int]]
) -> None:
    clock = Clock()
    kept = budgets(clock, address=budget, burst_seconds=burst)
    paid: list[tuple[int, int]] = []
    for pause, price in asked:
        clock.now += pause
        try:
            standing = spend(kept, price)
        except CallerOverBudget as refused:
            standing = after_waiting(kept, clock, price, seconds=refused.seconds)
        assert standing.remaining is not None
        assert standing.remaining >= 0
        paid.append((clock.now, price))
    held = max(budget * burst / 60, MOST_COST)
    for first in range(len(paid)):
        total = 0
        for at, price in paid[first:]:
            total += price
            assert total <= held + budget * (at - paid[first][0]) / (60 * SECOND) + 1e-6


def test_a_bucket_holds_its_burst_and_fills_at_the_budget_s_pace() -> None:
    clock = Clock()
    kept = budgets(clock, address=60_000, burst_seconds=60)
    assert spend(kept, 25_000) == (60_000, 35_000)
    assert spend(kept, 25_000) == (60_000, 10_000)
    with pytest.raises(CallerOverBudget) as refused:
        spend(kept, 15_000)
    assert refused.value.seconds == 5
    assert spend(kept, 10_000) == (60_000, 0)  # the refused one was not paid
    clock.pass_(3)
    assert spend(kept, 1) == (60_000, 2_999)
    clock.pass_(3600)
    assert spend(kept, 1) == (60_000, 59_999)


def test_any_operation_that_may_run_can_be_paid_from_the_smallest_bucket() -> None:
    clock = Clock()
    kept = budgets(clock, address=60, burst_seconds=0)
    assert spend(kept, MOST_COST) == (60, 0)
    with pytest.raises(CallerOverBudget) as refused:
        spend(kept, 7)
    assert refused.value.seconds == 7


def test_each_district_person_and_address_has_a_bucket_of_its_own() -> None:
    kept = budgets(Clock(), address=30_000, principal=30_000, portal=60_000, burst_seconds=60)
    one, other = somebody(), somebody(district="rushan")
    for who, address in ((one, "a"), (other, "a"), (ANYBODY, "a"), (ANYBODY, "b")):
        spend(kept, MOST_COST, who=who, address=address)
        with pytest.raises(CallerOverBudget):
            spend(kept, 1, who=who, address=address)
    with pytest.raises(CallerOverBudget):
        spend(kept, 1, who=one, address="somewhere else")
    portal = somebody(PrincipalKind.PORTAL)
    assert spend(kept, MOST_COST, who=portal) == (60_000, 30_000)


def test_one_id_in_two_districts_is_two_people() -> None:
    kept, known = budgets(Clock(), principal=30_000), UUID(int=7)
    for district in ("zouping", "rushan"):
        spend(kept, MOST_COST, who=Principal(PrincipalKind.RESIDENT, known, district))


def test_a_district_s_callers_share_its_budget_and_nobody_else_s() -> None:
    clock = Clock()
    kept = budgets(clock, district=60_000, burst_seconds=60, address=10**9)
    spend(kept, MOST_COST, address="a")
    spend(kept, MOST_COST, address="b")
    with pytest.raises(DistrictOverBudget) as refused:
        spend(kept, 10, address="c")
    assert (refused.value.seconds, refused.value.code) == (1, ErrorCode.RATE_LIMITED)
    spend(kept, MOST_COST, address="c", district="rushan")
    spend(kept, MOST_COST, address="c", district=None)  # what belongs to the platform is nobody's district
    clock.pass_(1)
    spend(kept, 10, address="c")


def test_who_is_refused_by_one_bucket_pays_into_neither() -> None:
    kept = budgets(Clock(), district=30_000, address=60_000, burst_seconds=60)
    spend(kept, 20_000, address="a")
    for _ in range(3):
        with pytest.raises(DistrictOverBudget):
            spend(kept, 20_000, address="b")
    assert spend(kept, 10_000, address="b") == (60_000, 50_000)
    kept = budgets(Clock(), district=60_000, address=30_000, burst_seconds=60)
    spend(kept, 20_000)
    for _ in range(3):
        with pytest.raises(CallerOverBudget):
            spend(kept, 20_000)
    spend(kept, 30_000, address="b")
    spend(kept, 10_000, address="c")


def test_a_district_may_have_a_budget_of_its_own() -> None:
    kept = budgets(Clock(), district=30_000, districts={"rushan": 60_000, "zibo": 0}, burst_seconds=60)
    for _ in range(2):
        spend(kept, MOST_COST, district="rushan")
    with pytest.raises(DistrictOverBudget):
        spend(kept, 1, district="rushan")
    for _ in range(9):
        spend(kept, MOST_COST, district="zibo")


def test_what_is_off_counts_nothing_and_keeps_nothing() -> None:
    kept = budgets(Clock())
    for who in (ANYBODY, somebody(), somebody(PrincipalKind.PORTAL)):
        for _ in range(100):
            assert spend(kept, MOST_COST, who=who) == (None, None)
    assert len(kept._addresses) + len(kept._principals) + len(kept._districts) == 0


def test_memory_is_bounded_and_addresses_push_out_addresses_only() -> None:
    buckets = Buckets(most=3)
    for name in "abcad":
        buckets.owe(name, 1, now=0)
    assert list(buckets._known) == ["c", "a", "d"]
    kept = budgets(Clock(), address=60_000, principal=30_000, district=60_000, burst_seconds=60)
    who = somebody()
    spend(kept, MOST_COST, who=who)
    for number in range(50_010):
        spend(kept, 1, address=f"{number}", district=None)
    assert len(kept._addresses) == 50_000
    with pytest.raises(CallerOverBudget):
        spend(kept, 1, who=who)


def test_a_refusal_says_when_in_both_languages() -> None:
    for problem in (CallerOverBudget(seconds=7), DistrictOverBudget(seconds=7)):
        assert isinstance(problem, RateLimited)
        assert problem.code is ErrorCode.RATE_LIMITED
        assert "7 秒" in problem.message("zh-CN")
        assert "7 seconds" in problem.message("en")


@pytest.mark.parametrize(
    ("address", "customer"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("not an address", "not an address"),
        ("x" * 200, "x" * 64),
    ],
)
def test_a_customer_is_an_address_or_the_64_bits_that_are_theirs(address: str, customer: str) -> None:
    assert customer_of(address) == customer
    assert client_of({"client": (address, 1234)}) == customer


def test_a_local_socket_has_no_address() -> None:
    assert client_of({"client": None}) == client_of({}) == ""


def test_the_settings_carry_the_defaults() -> None:
    plain, chosen = Allowances(), Settings.model_fields
    assert chosen["budget_district"].default == plain.district
    assert chosen["budget_principal"].default == plain.principal
    assert chosen["budget_portal"].default == plain.portal
    assert chosen["budget_address"].default == plain.address
    assert chosen["budget_burst_seconds"].default == plain.burst_seconds
