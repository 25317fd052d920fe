"""What a district's own lines may not do, and the policy that comes of those that pass.

A district refines the shipped policy. It cannot reach the platform or another kind of caller, cannot lift a
shipped denial, and cannot switch off what people inside and outside it must always be able to rely on.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import product

from bangban.kernel.access.compiled import CompiledPolicy, compile_with_shipped, shipped_policy, shipped_text
from bangban.kernel.access.lines import (
    Effect,
    LineSource,
    PolicyLine,
    ancestry_of,
    find_faults,
    read_policy_text,
)
from bangban.kernel.access.permission_reaches import reaches_of
from bangban.kernel.access.problems import Fault, PolicyFaulty
from bangban.kernel.access.roles import OPERATOR_ROLES, STAFF_ROLES, Reach, Role
from bangban.kernel.access.vocabulary import PLATFORM_PERMISSIONS, Permission, find_permission

MOST_OWN_LINES = 200
"""Bounds the time of one compilation to about a second."""

Right = tuple[Role, Reach, Permission]

_SIGNED_IN = (Role.RESIDENT, Role.PORTAL, Role.AUDITOR, *sorted(STAFF_ROLES | {Role.EMPLOYEE}))

PROTECTED: frozenset[Right] = frozenset(
    {
        # Somebody can always put a bad policy right.
        (Role.ADMIN, Reach.COUNTY, Permission.POLICY_READ),
        (Role.ADMIN, Reach.COUNTY, Permission.POLICY_MANAGE),
        # Those who are audited do not blind the auditor (DOMAIN L05, 3.16).
        (Role.AUDITOR, Reach.COUNTY, Permission.AUDIT_READ),
        (Role.AUDITOR, Reach.COUNTY, Permission.AUDIT_VERIFY),
        (Role.AUDITOR, Reach.COUNTY, Permission.CASE_READ),
        (Role.AUDITOR, Reach.COUNTY, Permission.POLICY_READ),
        # Every applicant follows their own case, and every case can be rated (DOMAIN 3.5).
        (Role.RESIDENT, Reach.OWN, Permission.CASE_READ),
        (Role.RESIDENT, Reach.OWN, Permission.CASE_RATE),
        # Everyone can get in, see who they are, and get out.
        *product(Role, (Reach.DISTRICT,), (Permission.SESSION_SIGN_IN, Permission.SESSION_REFRESH)),
        *product(Role, (Reach.DISTRICT,), (Permission.INVITATION_ACCEPT, Permission.PASSWORD_RESET)),
        *product(_SIGNED_IN, (Reach.DISTRICT,), (Permission.PASSWORD_CHANGE,)),
        *product(_SIGNED_IN, (Reach.DISTRICT,), (Permission.SESSION_END, Permission.VIEWER_READ)),
        # The platform's own pages are no district's to close.
        *product(Role, (Reach.PLATFORM,), Permission),
    }
)
"""Rights of the shipped policy that a district's denials must leave alone."""


def find_own_faults(own: Sequence[PolicyLine]) -> tuple[Fault, ...]:
    """Every fault of a district's own lines: unknown names, and whatever lines of known names may not do.

    Lines beyond the most that a district may have are one fault, and are not judged.
    """
    faults = [fault for line in own[:MOST_OWN_LINES] for fault in find_faults((line,)) or _of_meaning(line)]
    if len(own) > MOST_OWN_LINES:
        faults.append(
            Fault(
                MOST_OWN_LINES + 1,
                f"起超出上限:地区规则最多 {MOST_OWN_LINES} 行",
                f"is beyond the most a district may have, {MOST_OWN_LINES}",
            )
        )
    return tuple(sorted(faults))


def read_own_lines(text: str) -> tuple[PolicyLine, ...]:
    """A district's own lines from a file. Raises ``PolicyFaulty`` with every fault, of form, names and meaning."""
    read, faults = read_policy_text(text, source=LineSource.DISTRICT)
    found = (*faults, *find_own_faults(read.lines))
    if found:
        raise PolicyFaulty(tuple(sorted(found)))
    return read.lines


def district_policy(own: Sequence[PolicyLine]) -> CompiledPolicy:
    """The shipped policy with a district's own lines, compiled; the same lines give the same object.

    Raises ``PolicyFaulty`` with every fault. Kept for the policies used last, so memory is bounded.
    """
    faults = find_own_faults(own)
    if faults:
        raise PolicyFaulty(faults)
    return compile_with_shipped(tuple(own))


def _of_meaning(line: PolicyLine) -> tuple[Fault, ...]:
    """What a line of known names may not do."""
    fault = _of_allow(line) if line.effect == Effect.ALLOW else _of_deny(line)
    return () if fault is None else (fault,)


def _of_allow(line: PolicyLine) -> Fault | None:
    if line.has_wildcard:
        return Fault(
            line.number,
            "用通配符授权;授权须逐一写明角色、层级、对象、操作,通配符只可用于拒绝",
            "allows by wildcard; an allowance names role, level, object and action, wildcards only deny",
        )
    permission = find_permission(line.object, line.action)
    assert permission is not None  # find_faults found nothing
    role, level = Role(line.role), Reach(line.level)
    shipped = shipped_policy()
    verdict = shipped.explain(role, level, permission)
    if role in OPERATOR_ROLES or level is Reach.PLATFORM or permission in PLATFORM_PERMISSIONS:
        return Fault(
            line.number,
            "授予平台权限,地区无权授予",
            "grants what belongs to the platform, which no district may",
        )
    if verdict.denying:
        denial = verdict.denying[0]
        return Fault(
            line.number,
            f"试图放开内置规则第 {denial.number} 行的拒绝“{denial.text}”;拒绝优先",
            f"tries to lift line {denial.number} of the shipped policy, “{denial.text}”; deny wins",
        )
    if role is Role.ANONYMOUS and not verdict.allowed:
        return Fault(
            line.number,
            "向未登录访客授予内置规则以外的权限",
            "grants anonymous visitors more than is shipped",
        )
    if level not in role.reaches & reaches_of(permission):
        return Fault(
            line.number,
            f"无效:{line.role} 不可能在 {line.level} 范围拥有 {permission}",
            f"can never apply: {line.role} cannot hold {permission} at {line.level}",
        )
    return None


def _of_deny(line: PolicyLine) -> Fault | None:
    for ancestry, (role, level, permission) in _kept_rights():
        if line.covers(ancestry, level, permission):
            return Fault(
                line.number,
                f"取消了必须保留的权限:{role} 在 {level} 的 {permission}",
                f"takes away what must remain: {permission} for {role} at {level}",
            )
    return None


@cache
def _kept_rights() -> tuple[tuple[frozenset[str], Right], ...]:
    """The protected rights that are shipped at all, each with what its role inherits from."""
    links = shipped_text().links
    shipped = shipped_policy()
    return tuple(
        (ancestry_of(right[0], links), right) for right in sorted(PROTECTED) if shipped.allows(*right)
    )
