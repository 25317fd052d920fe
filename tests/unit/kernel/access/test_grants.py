"""What somebody may do follows from the policy, the areas of their assignments, and the day."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.access.compiled import compile_policy, shipped_policy
from bangban.kernel.access.grants import (
    Assignment,
    Grants,
    Principal,
    PrincipalKind,
    Scope,
    grants_of,
)
from bangban.kernel.access.lines import PolicyLine
from bangban.kernel.access.paths import fewest, is_path, is_within, path_label
from bangban.kernel.access.problems import AreaOutsideGrant
from bangban.kernel.access.vocabulary import OPERATOR_ROLES, OperatorDuty, Permission, Reach, Role
from bangban.kernel.ids import AreaId, new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import ErrorCode, Forbidden, NotAuthenticated

TODAY = date(2026, 3, 2)
LEVELS = list(AreaLevel)


def held(role: Role, path: str, *, since: date = TODAY, until: date | None = None) -> Assignment:
    """A role held at the area ``path``, whose level follows from its depth."""
    level = LEVELS[path.count(".")]
    return Assignment(role, AreaId(UUID(int=len(path))), path, level, since, until)


def staff(*assignments: Assignment, kind: PrincipalKind = PrincipalKind.STAFF) -> Grants:
    principal = Principal(kind=kind, id=UUID(int=7), district="zouping", assignments=assignments)
    return Grants(principal, shipped_policy(), on=TODAY)


def of_kind(kind: PrincipalKind) -> Grants:
    return staff(kind=kind)


# ------------------------------------------------------------------------------------------ paths


def test_a_label_that_begins_alike_is_another_area() -> None:
    assert is_within("a.ab.c", "a.ab")
    assert not is_within("a.abc", "a.ab")
    assert not is_within("a.ab", "a.abc")
    assert not is_within("ab", "a")
    assert not is_within("a", "a.ab")
    assert not is_within("x.a.ab", "a.ab")


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a..b", "a b", "a-b", "a/b", "a.*", "a\n", "甲"])
def test_what_is_no_path_is_refused(text: str) -> None:
    assert not is_path(text)
    with pytest.raises(ValueError, match="is not a path"):
        Assignment(Role.HELPER, AreaId(new_id()), text, AreaLevel.TOWN, TODAY)


def test_a_label_is_the_id_in_hex() -> None:
    area_id = new_id()
    assert path_label(area_id) == str(area_id).replace("-", "")
    assert is_path(f"{path_label(area_id)}.{path_label(new_id())}")


PATHS = st.lists(st.sampled_from(["a", "ab", "abc", "b"]), min_size=1, max_size=4).map(".".join)


@given(st.lists(PATHS, max_size=8), PATHS)
def test_the_fewest_paths_cover_the_same_areas(paths: list[str], area: str) -> None:
    kept = fewest(paths)
    assert any(is_within(area, path) for path in kept) == any(is_within(area, path) for path in paths)
    assert set(kept) <= set(paths)
    assert not any(is_within(one, other) for one in kept for other in kept if one != other)
    assert list(kept) == sorted(kept)


# ------------------------------------------------------------------------------------------ areas


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


# ------------------------------------------------------------------------------------------ kinds


def test_an_anonymous_caller_is_asked_to_sign_in() -> None:
    grants = of_kind(PrincipalKind.ANONYMOUS)
    assert grants.require(Permission.CATALOG_READ).whole
    with pytest.raises(NotAuthenticated):
        grants.require(Permission.CASE_READ)
    with pytest.raises(NotAuthenticated):
        grants.require_at(Permission.CASE_APPLY, "c")
    with pytest.raises(NotAuthenticated):
        grants.require(Permission.SESSION_END)


@pytest.mark.parametrize("kind", PrincipalKind)
def test_a_kind_of_account_uses_only_the_roles_meant_for_it(kind: PrincipalKind) -> None:
    clerk, auditor = held(Role.WINDOW_CLERK, "c"), held(Role.AUDITOR, "c")
    grants = staff(clerk, auditor, kind=kind)
    assert bool(grants.scope(Permission.CASE_ACCEPT)) is (kind is PrincipalKind.STAFF)
    assert bool(grants.scope(Permission.AUDIT_READ)) is (kind is PrincipalKind.AUDITOR)


@pytest.mark.parametrize(
    "role", [Role.EMPLOYEE, *sorted(OPERATOR_ROLES), Role.RESIDENT, Role.ANONYMOUS, Role.PORTAL]
)
def test_roles_that_are_not_held_at_an_area_cannot_be_assigned(role: Role) -> None:
    with pytest.raises(ValueError, match="is not held at an area"):
        held(role, "c")


def test_an_operator_sees_no_districts_people_and_a_portal_only_what_is_public() -> None:
    portal = of_kind(PrincipalKind.PORTAL)
    operators = [operator(duty) for duty in (*OperatorDuty, None)]
    for permission in Permission:
        if permission.object in ("case", "audit", "staff", "team", "policy"):
            assert not any(each.scope(permission) for each in operators)
            assert not portal.scope(permission)
    everyone = set(of_kind(PrincipalKind.ANONYMOUS).permissions()) - {Permission.ONBOARDING_READ}
    assert set(portal.permissions()) == everyone | {Permission.SESSION_END}


def operator(duty: OperatorDuty | None) -> Grants:
    return grants_of(Principal(kind=PrincipalKind.OPERATOR, duty=duty), shipped_policy(), on=TODAY)


# Beside what everybody may do: in, out, seeing oneself, the directory, applying.
DUTIES = {
    OperatorDuty.SYSTEM: {
        "onboarding:read",
        "onboarding:approve",
        "district:manage",
        "fleet:read",
        "fleet:manage",
        "statistics:read",
        "calendar:manage",
        "task:read",
        "task:manage",
    },
    OperatorDuty.SECURITY: {"operator:manage"},
    OperatorDuty.AUDIT: {"trail:read", "statistics:read", "fleet:read", "task:read"},
    None: set(),
}


@pytest.mark.parametrize("duty", DUTIES)
def test_an_operator_may_do_what_the_one_duty_says(duty: OperatorDuty | None) -> None:
    common = set(of_kind(PrincipalKind.ANONYMOUS).permissions()) - {"onboarding:read"}
    common |= {"session:end", "password:change"}
    assert set(operator(duty).permissions()) == common | DUTIES[duty]
    for permission in Permission:
        # What is another duty's is denied, not merely not granted: no line added later gives it away.
        others = set().union(*(held for other, held in DUTIES.items() if other is not duty))
        if duty is not None and permission.value in others - DUTIES[duty]:
            assert shipped_policy().explain(duty.role, Reach.PLATFORM, permission).denying, permission


def test_who_makes_accounts_reads_no_trail_and_who_reads_it_changes_nothing() -> None:
    makes, reads = operator(OperatorDuty.SECURITY), operator(OperatorDuty.AUDIT)
    assert makes.require(Permission.OPERATOR_MANAGE).whole
    assert reads.require(Permission.TRAIL_READ).whole
    assert {Permission(name).action for name in reads.permissions()} & {"manage", "approve"} == set()
    for duty in (OperatorDuty.SYSTEM, OperatorDuty.AUDIT, None):
        with pytest.raises(Forbidden):
            operator(duty).require(Permission.OPERATOR_MANAGE)
    for duty in (OperatorDuty.SYSTEM, OperatorDuty.SECURITY, None):
        with pytest.raises(Forbidden):
            operator(duty).require(Permission.TRAIL_READ)


@pytest.mark.parametrize("kind", sorted(set(PrincipalKind) - {PrincipalKind.OPERATOR}))
def test_a_duty_gives_nothing_to_another_kind_of_caller(kind: PrincipalKind) -> None:
    with_duty = Principal(kind=kind, duty=OperatorDuty.SECURITY)
    assert grants_of(with_duty, shipped_policy(), on=TODAY).permissions() == of_kind(kind).permissions()


def test_an_auditor_only_reads() -> None:
    grants = staff(held(Role.AUDITOR, "c"), kind=PrincipalKind.AUDITOR)
    for name in grants.permissions():
        permission = Permission(name)
        own = ("session", "onboarding", "invitation", "password")  # open to everybody, or the account's own
        assert permission.action in ("read", "verify", "resolve") or permission.object in own
    assert grants.require(Permission.AUDIT_READ).whole
    town = staff(held(Role.AUDITOR, "c.t"), kind=PrincipalKind.AUDITOR)
    assert town.scope(Permission.CASE_READ).variant == "areas"
    assert not town.scope(Permission.AUDIT_VERIFY)


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
