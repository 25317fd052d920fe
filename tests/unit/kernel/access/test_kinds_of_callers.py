"""What the kinds of callers may do at most: residents, portals, operators of each duty, auditors, nobody."""

from __future__ import annotations

import pytest
from tests.unit.kernel.access.callers import TODAY, held, of_kind, staff

from bangban.kernel.access.compiled import shipped_policy
from bangban.kernel.access.grants import Grants, grants_of
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.access.roles import OPERATOR_ROLES, OperatorDuty, Reach, Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.problems import Forbidden, NotAuthenticated


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
