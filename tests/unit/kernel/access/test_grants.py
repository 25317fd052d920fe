"""What somebody may do follows from the policy, the areas of their assignments, and the day."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.kernel.access.callers import TODAY, held, of_kind, staff

from bangban.kernel.access.compiled import compile_policy, shipped_policy
from bangban.kernel.access.grants import Scope, grants_of
from bangban.kernel.access.lines import PolicyLine
from bangban.kernel.access.principals import Assignment, Principal, PrincipalKind
from bangban.kernel.access.problems import AreaOutsideGrant
from bangban.kernel.access.roles import Reach, Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.problems import ErrorCode, Forbidden


def test_a_role_covers_its_areas_subtree_and_nothing_beside_it() -> None:
    grants = staff(held(Role.HELPER, "c.ab"))
    assert grants.scope(Permission.CASE_PRE_CHECK) == Scope(paths=("c.ab",))
    assert grants.require_at(Permission.CASE_PRE_CHECK, "c.ab")
    assert grants.require_at(Permission.CASE_PRE_CHECK, "c.ab.v.g.m")
    for elsewhere in ("c", "c.abc", "c.a", "c.x.ab", "ab", "c.abc.ab"):
        with pytest.raises(AreaOutsideGrant) as caught:
            grants.require_at(Permission.CASE_PRE_CHECK, elsewhere)
        assert caught.value.code is ErrorCode.FORBIDDEN


def test_a_role_at_the_root_reaches_the_whole_district() -> None:
    grants = staff(held(Role.DISPATCHER, "c"), held(Role.DISPATCHER, "c.t"))
    assert grants.scope(Permission.CASE_READ) == Scope(whole=True)
    assert grants.scope(Permission.CASE_READ).variant == "whole"
    assert grants.require_at(Permission.CASE_READ, "c.t.v")


def test_paths_that_an_ancestor_covers_are_dropped() -> None:
    grants = staff(
        held(Role.HELPER, "c.t.v.g"),
        held(Role.HELPER, "c.t.v"),
        held(Role.HELPER, "c.u.w"),
        held(Role.HELPER, "c.u.wx"),
    )
    assert grants.scope(Permission.CASE_APPLY).paths == ("c.t.v", "c.u.w", "c.u.wx")
    assert grants.scope(Permission.CASE_PRE_CHECK).paths == ("c.t.v", "c.u.w", "c.u.wx")


def test_each_permission_has_its_own_areas() -> None:
    grants = staff(held(Role.WINDOW_CLERK, "c.t"), held(Role.HELPER, "c.u.v"))
    assert grants.scope(Permission.CASE_ACCEPT).paths == ("c.t",)
    assert grants.scope(Permission.CASE_PRE_CHECK).paths == ("c.t", "c.u.v")
    with pytest.raises(AreaOutsideGrant):
        grants.require_at(Permission.CASE_ACCEPT, "c.u.v")


def test_the_assignments_that_allow_it_come_deepest_first() -> None:
    county, town = held(Role.WINDOW_CLERK, "c"), held(Role.WINDOW_CLERK, "c.t")
    elsewhere, helper = held(Role.WINDOW_CLERK, "c.u"), held(Role.HELPER, "c.t.v")
    grants = staff(county, elsewhere, town, helper)
    assert grants.require_at(Permission.CASE_ACCEPT, "c.t.v") == (town, county)
    assert [each.level for each in grants.require_at(Permission.CASE_ACCEPT, "c.t.v")] == ["TOWN", "COUNTY"]
    assert grants.require_at(Permission.CASE_PRE_CHECK, "c.t.v") == (helper, town, county)
    assert grants.assignments() == (helper, town, elsewhere, county)


# ------------------------------------------------------------------------------------------ levels


def test_a_village_helper_pre_checks_in_the_village_and_accepts_nothing() -> None:
    grants = staff(held(Role.HELPER, "c.t.v"))
    assert grants.require_at(Permission.CASE_PRE_CHECK, "c.t.v.g")
    with pytest.raises(Forbidden):
        grants.require(Permission.CASE_ACCEPT)


def test_a_grid_helper_applies_and_passes_on_but_does_not_pre_check() -> None:
    grants = staff(held(Role.HELPER, "c.t.v.g"))
    assert grants.require_at(Permission.CASE_APPLY, "c.t.v.g.m")
    assert grants.require_at(Permission.CASE_HAND_OVER, "c.t.v.g", owned=True)
    with pytest.raises(Forbidden):
        grants.require(Permission.CASE_PRE_CHECK)


def test_a_window_clerk_accepts_where_there_are_windows_only() -> None:
    assert staff(held(Role.WINDOW_CLERK, "c")).scope(Permission.CASE_ACCEPT).whole
    assert staff(held(Role.WINDOW_CLERK, "c.t")).scope(Permission.CASE_ACCEPT).paths == ("c.t",)
    assert staff(held(Role.WINDOW_CLERK, "c.t.v")).scope(Permission.CASE_ACCEPT).paths == ("c.t.v",)
    assert not staff(held(Role.WINDOW_CLERK, "c.t.v.g")).scope(Permission.CASE_ACCEPT)


# ------------------------------------------------------------------------------------------ own rows


def test_a_case_handed_over_from_elsewhere_is_readable_but_not_decided() -> None:
    clerk = held(Role.WINDOW_CLERK, "c.t")
    grants = staff(clerk)
    assert grants.scope(Permission.CASE_READ).variant == "areas+own"
    assert grants.require_at(Permission.CASE_READ, "c.u", owned=True) == (clerk,)
    assert grants.require_at(Permission.CASE_TAKE_OVER, "c.u", owned=True) == (clerk,)
    with pytest.raises(AreaOutsideGrant):
        grants.require_at(Permission.CASE_READ, "c.u")
    with pytest.raises(AreaOutsideGrant):
        grants.require_at(Permission.CASE_ACCEPT, "c.u", owned=True)


def test_an_assignment_elsewhere_counts_only_for_what_is_owned() -> None:
    here, elsewhere = held(Role.WINDOW_CLERK, "c.t"), held(Role.WINDOW_CLERK, "c.u")
    grants = staff(here, elsewhere)
    assert grants.require_at(Permission.CASE_SUPPLY, "c.t") == (here,)
    assert grants.require_at(Permission.CASE_SUPPLY, "c.t", owned=True) == (here, elsewhere)


def test_only_a_dispatcher_or_supervisor_moves_a_case_that_another_holds() -> None:
    for role in (Role.HELPER, Role.WINDOW_CLERK, Role.GUIDE):
        grants = staff(held(role, "c.t"))
        assert grants.scope(Permission.CASE_HAND_OVER).variant == "own"
        with pytest.raises(AreaOutsideGrant):
            grants.require_at(Permission.CASE_HAND_OVER, "c.t")
    for role in (Role.DISPATCHER, Role.SUPERVISOR):
        assert staff(held(role, "c.t")).require_at(Permission.CASE_HAND_OVER, "c.t.v")


def test_a_resident_acts_on_their_own_cases_and_applies_anywhere() -> None:
    grants = of_kind(PrincipalKind.RESIDENT)
    assert grants.scope(Permission.CASE_READ) == Scope(own=True)
    assert grants.scope(Permission.CASE_READ).variant == "own"
    assert grants.require_at(Permission.CASE_RATE, "c.t", owned=True) == ()
    assert grants.require_at(Permission.CASE_APPLY, "c.t.v") == ()
    with pytest.raises(AreaOutsideGrant):
        grants.require_at(Permission.CASE_READ, "c.t")
    with pytest.raises(Forbidden):
        grants.require(Permission.CASE_ACCEPT)


def test_owned_helps_nobody_without_an_own_line() -> None:
    grants = staff(held(Role.LEADER, "c.t"))
    with pytest.raises(AreaOutsideGrant):
        grants.require_at(Permission.CASE_READ, "c.u", owned=True)


# ------------------------------------------------------------------------------------------ dates


@pytest.mark.parametrize(
    ("since", "until", "counts"),
    [
        (TODAY, None, True),
        (TODAY, TODAY, True),
        (TODAY - timedelta(1), TODAY, True),
        (TODAY + timedelta(1), None, False),
        (TODAY - timedelta(9), TODAY - timedelta(1), False),
    ],
)
def test_an_assignment_counts_from_its_first_day_to_its_last(
    since: date, until: date | None, counts: bool
) -> None:
    grants = staff(held(Role.WINDOW_CLERK, "c.t", since=since, until=until))
    assert bool(grants.scope(Permission.CASE_ACCEPT)) is counts
    assert bool(grants.scope(Permission.STAFF_READ)) is counts
    assert bool(grants.scope(Permission.CASE_TAKE_OVER)) is counts
    assert bool(grants.assignments()) is counts


def test_an_expired_assignment_does_not_widen_one_that_counts() -> None:
    expired = held(Role.WINDOW_CLERK, "c", since=TODAY - timedelta(9), until=TODAY - timedelta(1))
    grants = staff(expired, held(Role.WINDOW_CLERK, "c.t"))
    assert grants.scope(Permission.CASE_ACCEPT).paths == ("c.t",)
    assert len(grants.require_at(Permission.CASE_ACCEPT, "c.t")) == 1


def test_between_posts_a_staff_account_sees_itself_and_signs_out() -> None:
    everyone = set(of_kind(PrincipalKind.ANONYMOUS).permissions())
    assert set(staff().permissions()) - everyone == {Permission.SESSION_END, Permission.PASSWORD_CHANGE}


# ------------------------------------------------------------------------------------------ the whole


@given(
    st.lists(
        st.builds(
            held,
            st.sampled_from(sorted({Role.HELPER, Role.WINDOW_CLERK, Role.GUIDE, Role.LEADER, Role.ADMIN})),
            st.sampled_from(["c", "c.t", "c.tt", "c.t.v", "c.t.vv", "c.tt.v", "c.t.v.g", "c.t.v.g.m"]),
            since=st.sampled_from([TODAY - timedelta(1), TODAY, TODAY + timedelta(1)]),
            until=st.sampled_from([None, TODAY + timedelta(1)]),
        ),
        max_size=5,
    ),
    st.sampled_from(["c", "c.t", "c.tt", "c.ttt", "c.t.v", "c.t.vv", "c.tt.v", "c.t.v.g", "c.t.v.g.m"]),
    st.sampled_from(Permission),
    st.booleans(),
)
def test_a_scope_agrees_with_asking_each_assignment(
    assignments: list[Assignment], area: str, permission: Permission, owned: bool
) -> None:
    policy, grants = shipped_policy(), staff(*assignments)
    expected = any(
        policy.allows(Role.EMPLOYEE, reach, permission) for reach in (Reach.DISTRICT, Reach.PLATFORM)
    )
    for each in assignments:
        if each.since > TODAY:
            continue
        expected |= policy.allows(each.role, Reach.of(each.level), permission) and (
            area == each.area_path
            or area.split(".")[: each.area_path.count(".") + 1] == each.area_path.split(".")
        )
        expected |= owned and policy.allows(each.role, Reach.OWN, permission)
        expected |= policy.allows(each.role, Reach.DISTRICT, permission)
    assert grants.scope(permission).covers(area, owned=owned) is expected
    assert (permission.value in grants.permissions()) is bool(grants.scope(permission))
    if expected:
        for allowing in grants.require_at(permission, area, owned=owned):
            assert allowing in assignments
    else:
        with pytest.raises(Forbidden):
            grants.require_at(permission, area, owned=owned)


@pytest.mark.parametrize(
    ("scope", "variant"),
    [
        (Scope.nothing, "none"),
        (Scope(own=True), "own"),
        (Scope(paths=("a",)), "areas"),
        (Scope(paths=("a",), own=True), "areas+own"),
        (Scope(whole=True), "whole"),
    ],
)
def test_the_variant_is_the_shape_and_not_the_data(scope: Scope, variant: str) -> None:
    assert scope.variant == variant
    assert bool(scope) is (variant != "none")
    assert Scope(paths=("x", "y")).variant == Scope(paths=("z",)).variant


def test_permissions_are_sorted_and_told_once() -> None:
    names = staff(held(Role.HELPER, "c.t"), held(Role.HELPER, "c.u")).permissions()
    assert list(names) == sorted(set(names))
    assert "case:pre-check" in names
    assert "case:accept" not in names


def test_grants_are_kept_by_assignments_policy_and_day_never_by_session() -> None:
    policy = shipped_policy()
    first = Principal(kind=PrincipalKind.STAFF, id=UUID(int=1), assignments=(held(Role.HELPER, "c.t"),))
    again = Principal(kind=PrincipalKind.STAFF, id=UUID(int=2), assignments=(held(Role.HELPER, "c.t"),))
    moved = Principal(kind=PrincipalKind.STAFF, id=UUID(int=1), assignments=(held(Role.HELPER, "c.u"),))
    denied = compile_policy(
        [*policy.lines, PolicyLine("helper", "*", "case", "*", "deny")], links=policy.links
    )
    assert grants_of(first, policy, on=TODAY) is grants_of(again, policy, on=TODAY)
    assert grants_of(moved, policy, on=TODAY).scope(Permission.CASE_READ).paths == ("c.u",)
    assert not grants_of(first, denied, on=TODAY).scope(Permission.CASE_READ)
    assert not grants_of(first, policy, on=TODAY - timedelta(1)).scope(Permission.CASE_READ)
