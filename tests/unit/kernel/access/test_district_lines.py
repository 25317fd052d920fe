"""A district refines the shipped policy; it cannot reach beyond itself or undo what must stand."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from bangban.kernel.access.compiled import shipped_policy
from bangban.kernel.access.guard import (
    MOST_OWN_LINES,
    PROTECTED,
    district_policy,
    find_own_faults,
    read_own_lines,
)
from bangban.kernel.access.lines import LineSource, PolicyLine, parse_policy
from bangban.kernel.access.problems import PolicyFaulty
from bangban.kernel.access.roles import OPERATOR_ROLES, Reach, Role
from bangban.kernel.access.vocabulary import PLATFORM_PERMISSIONS, Permission

# One example asks thousands of questions, so a failure is shown as found and not shrunk.
SLOW = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


ANONYMOUS = ("anonymous", "DISTRICT", "case", "read")  # more than is shipped for them


def own(text: str) -> tuple[PolicyLine, ...]:
    return parse_policy(text, source=LineSource.DISTRICT).lines


def refused(text: str) -> str:
    with pytest.raises(PolicyFaulty) as caught:
        district_policy(own(text))
    assert len(caught.value.faults) == 1
    return caught.value.message("en")


def test_a_district_adds_and_denies() -> None:
    policy = district_policy(
        own(
            "p, window-clerk, GRID, case, accept, allow\n"
            "p, helper, OWN, case, reveal, allow\n"
            "p, dispatcher, TOWN, case, hand-over, deny\n"
            "p, anonymous, *, catalog, read, deny\n"
        )
    )
    assert policy.allows(Role.WINDOW_CLERK, Reach.GRID, Permission.CASE_ACCEPT)
    assert policy.allows(Role.HELPER, Reach.OWN, Permission.CASE_REVEAL)
    assert not policy.allows(Role.DISPATCHER, Reach.TOWN, Permission.CASE_HAND_OVER)
    assert policy.allows(Role.DISPATCHER, Reach.COUNTY, Permission.CASE_HAND_OVER)
    assert not policy.allows(Role.ANONYMOUS, Reach.DISTRICT, Permission.CATALOG_READ)
    assert policy.allows(Role.PORTAL, Reach.DISTRICT, Permission.CATALOG_READ)
    assert not shipped_policy().allows(Role.WINDOW_CLERK, Reach.GRID, Permission.CASE_ACCEPT)


def test_the_same_lines_give_the_same_compiled_policy() -> None:
    text = "p, helper, GRID, case, pre-check, allow"
    assert district_policy(own(text)) is district_policy(own(text))
    assert district_policy(()) is shipped_policy()


@pytest.mark.parametrize(
    "line",
    [
        "p, operator, PLATFORM, district, manage, allow",
        "p, admin, PLATFORM, district, manage, allow",
        "p, admin, COUNTY, district, manage, allow",
        "p, admin, PLATFORM, calendar, manage, allow",
        "p, operator, COUNTY, staff, manage, allow",
        "p, system-operator, COUNTY, area, manage, allow",
        "p, audit-operator, DISTRICT, case, read, allow",
        "p, security-operator, PLATFORM, operator, manage, allow",
        "p, admin, COUNTY, operator, manage, allow",
        "p, auditor, COUNTY, trail, read, allow",
        "p, leader, OWN, onboarding, read, allow",
    ],
)
def test_nothing_of_the_platform_is_a_districts_to_grant(line: str) -> None:
    assert "belongs to the platform" in refused(line)


@pytest.mark.parametrize(
    "line",
    [
        "p, anonymous, DISTRICT, staff, read, allow",
        "p, anonymous, OWN, case, read, allow",
        "p, anonymous, DISTRICT, team, read, allow",
        "p, anonymous, DISTRICT, case, apply, allow",
    ],
)
def test_anonymous_visitors_get_no_more_than_is_shipped(line: str) -> None:
    message = refused(line)
    assert "anonymous" in message


@pytest.mark.parametrize(
    "line",
    [
        "p, helper, TOWN, case, accept, allow",
        "p, helper, OWN, case, complete, allow",
        "p, auditor, COUNTY, case, reveal, allow",
        "p, auditor, COUNTY, staff, manage, allow",
        "p, admin, COUNTY, case, accept, allow",
        "p, admin, COUNTY, audit, read, allow",
        "p, supervisor, COUNTY, audit, read, allow",
        "p, window-clerk, COUNTY, case, notice-again, allow",
        "p, window-clerk, OWN, case, rate, allow",
        "p, resident, OWN, case, accept, allow",
        "p, portal, DISTRICT, case, apply, allow",
        "p, employee, COUNTY, audit, read, allow",
    ],
)
def test_a_shipped_denial_cannot_be_lifted(line: str) -> None:
    assert "tries to lift" in refused(line)


@pytest.mark.parametrize(
    "line", ["p, helper, DISTRICT, case, read, allow", "p, resident, TOWN, case, read, allow"]
)
def test_cases_are_reached_by_area_or_by_being_ones_own(line: str) -> None:
    assert "can never apply" in refused(line)


@pytest.mark.parametrize(
    "line",
    [
        "p, *, TOWN, case, read, allow",
        "p, helper, *, case, read, allow",
        "p, helper, TOWN, *, read, allow",
        "p, helper, TOWN, case, *, allow",
        "p, *, *, *, *, allow",
    ],
)
def test_a_wildcard_never_allows(line: str) -> None:
    assert "allows by wildcard" in refused(line)


@pytest.mark.parametrize(
    "line",
    [
        "p, *, *, *, *, deny",
        "p, admin, COUNTY, policy, manage, deny",
        "p, employee, *, policy, *, deny",
        "p, auditor, *, audit, read, deny",
        "p, auditor, COUNTY, case, read, deny",
        "p, *, *, case, read, deny",
        "p, resident, OWN, case, rate, deny",
        "p, *, OWN, case, *, deny",
        "p, anonymous, *, session, *, deny",
        "p, helper, DISTRICT, session, end, deny",
        "p, *, DISTRICT, viewer, read, deny",
        "p, *, *, directory, read, deny",
        "p, *, PLATFORM, *, *, deny",
    ],
)
def test_what_must_remain_cannot_be_denied(line: str) -> None:
    assert "takes away what must remain" in refused(line)


def test_every_fault_is_named_with_its_line() -> None:
    text = (
        "p, helper, GRID, case, pre-check, allow\n"
        "p, *, TOWN, case, read, allow\n\n"
        "p, helper, TOWN, case, accept, allow\n"
    )
    with pytest.raises(PolicyFaulty) as caught:
        district_policy(own(text))
    assert [fault.number for fault in caught.value.faults] == [2, 4]
    assert "第 4 行" in caught.value.message("zh")


def test_rows_with_unknown_names_are_refused_like_text() -> None:
    (fault,) = find_own_faults([PolicyLine("helper", "TOWN", "case", "fly", number=3)])
    assert fault.number == 3


def test_a_fault_of_spelling_hides_none_of_meaning() -> None:
    text = "p, helper, TOWN, case, fly, allow\np, anonymous, DISTRICT, case, read, allow\nnonsense\ng, guide, admin\n"
    with pytest.raises(PolicyFaulty) as caught:
        read_own_lines(text)
    assert [fault.number for fault in caught.value.faults] == [1, 2, 3, 4]
    assert "deny wins" in caught.value.faults[1].en
    rows = [PolicyLine("helper", "TOWN", "case", "fly", number=1), PolicyLine(*ANONYMOUS, number=2)]
    assert [fault.number for fault in find_own_faults(rows)] == [1, 2]
    fine = "# own\np, guide, GRID, case, read, deny\n"
    assert read_own_lines(fine) == own(fine)


def test_the_number_of_own_lines_is_bounded() -> None:
    line = PolicyLine("helper", "GRID", "case", "pre-check")
    assert not find_own_faults([line] * MOST_OWN_LINES)
    assert find_own_faults([line] * (MOST_OWN_LINES + 1))


NAMES = st.builds(
    PolicyLine,
    st.sampled_from(["*", *Role]),
    st.sampled_from(["*", *Reach]),
    st.sampled_from(["*", "case", "policy", "audit", "session", "directory", "staff"]),
    st.sampled_from(["*", "read", "manage", "accept", "rate"]),
    st.sampled_from(["allow", "deny"]),
)


@settings(SLOW, max_examples=40)
@given(st.lists(NAMES, max_size=6))
def test_whatever_passes_the_guard_leaves_the_bounds_in_place(lines: list[PolicyLine]) -> None:
    lines = [line for line in lines if not find_own_faults([line])]
    assume(lines)
    policy, shipped = district_policy(lines), shipped_policy()
    for role, level, permission in product(Role, Reach, Permission):
        right = (role, level, permission)
        grown = policy.allows(*right) and not shipped.allows(*right)
        if grown:
            assert role not in {Role.ANONYMOUS, *OPERATOR_ROLES}
            assert level is not Reach.PLATFORM
            assert permission not in PLATFORM_PERMISSIONS
            assert not shipped.explain(*right).denying
        if right in PROTECTED:
            assert policy.allows(*right) == shipped.allows(*right)
