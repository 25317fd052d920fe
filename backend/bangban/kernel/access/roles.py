"""Who the policy speaks of: roles, how far each may reach, and the duties of operators."""

from __future__ import annotations

from enum import StrEnum

from bangban.kernel.levels import AreaLevel


class Reach(StrEnum):
    """How far a policy line reaches 权限范围.

    The five area levels mean "where the role is held at an area of this level": the area and its subtree.
    """

    COUNTY = "COUNTY"  # 县(市、区)
    TOWN = "TOWN"  # 镇街、园区、管理中心
    VILLAGE = "VILLAGE"  # 村居、社区
    GRID = "GRID"  # 网格
    MICRO_GRID = "MICRO_GRID"  # 微网格
    OWN = "OWN"  # 本人: the applicant's own rows; a staff member's own cases
    DISTRICT = "DISTRICT"  # 全区, with no assignment needed
    PLATFORM = "PLATFORM"  # 平台, outside every district

    @classmethod
    def of(cls, level: AreaLevel) -> Reach:
        """The reach of a role held at an area of ``level``."""
        return cls(level.value)


AREA_REACHES = frozenset(Reach.of(level) for level in AreaLevel)


class Role(StrEnum):
    """Role 角色 (DOMAIN L03)."""

    ANONYMOUS = "anonymous"  # 未登录访客
    RESIDENT = "resident"  # 办事群众、企业
    PORTAL = "portal"  # 门户账号
    EMPLOYEE = "employee"  # 工作人员: never held; the staff roles inherit from it
    ADMIN = "admin"  # 系统管理员
    DISPATCHER = "dispatcher"  # 调度员
    WINDOW_CLERK = "window-clerk"  # 窗口人员
    GUIDE = "guide"  # 导办员
    HELPER = "helper"  # 帮办员、代办员: centre, town, village or grid by the area it is held at
    VOLUNTEER = (
        "volunteer"  # 志愿者: takes residents' needs, sees no identity number and no phone (DOMAIN C17)
    )
    PARTNER_CLERK = "partner-clerk"  # 合作网点人员: of a bank or shop, posted at one point
    SUPERVISOR = "supervisor"  # 督办员
    LEADER = "leader"  # 分管领导
    AUDITOR = "auditor"  # 审计员
    OPERATOR = "operator"  # 平台运营人员: never held alone; the three duties inherit from it
    SYSTEM_OPERATOR = "system-operator"  # 平台系统管理员
    SECURITY_OPERATOR = "security-operator"  # 平台安全管理员
    AUDIT_OPERATOR = "audit-operator"  # 平台审计管理员

    @property
    def reaches(self) -> frozenset[Reach]:
        """Where a line may grant this role anything; elsewhere nobody could ever use it."""
        return _ROLE_REACHES.get(self, AREA_REACHES | {Reach.OWN, Reach.DISTRICT})


STAFF_ROLES = frozenset(
    {
        Role.ADMIN,
        Role.DISPATCHER,
        Role.WINDOW_CLERK,
        Role.GUIDE,
        Role.HELPER,
        Role.VOLUNTEER,
        Role.PARTNER_CLERK,
        Role.SUPERVISOR,
        Role.LEADER,
    }
)
"""Roles that a staff member may hold at an area."""


HELD_ROLES = STAFF_ROLES | {Role.AUDITOR}
"""Roles that are held at an area at all: what an assignment may name."""


OPERATOR_ROLES = frozenset({Role.OPERATOR, Role.SYSTEM_OPERATOR, Role.SECURITY_OPERATOR, Role.AUDIT_OPERATOR})
"""Roles of the platform's own people, which no district's line may name in an allowance."""


_ROLE_REACHES: dict[Role, frozenset[Reach]] = {
    Role.ANONYMOUS: frozenset({Reach.DISTRICT, Reach.PLATFORM, Reach.OWN}),
    Role.RESIDENT: frozenset({Reach.DISTRICT, Reach.OWN}),
    Role.PORTAL: frozenset({Reach.DISTRICT}),
    Role.AUDITOR: AREA_REACHES | {Reach.DISTRICT},
    **dict.fromkeys(OPERATOR_ROLES, frozenset({Reach.PLATFORM})),
}


class OperatorDuty(StrEnum):
    """Which third of the platform's administration an operator has 三员分立 (GB/T 22239, DOMAIN 3.16).

    An account has exactly one, so nobody watches over themselves.
    """

    SYSTEM = "SYSTEM"  # 系统管理员: districts, fleet, onboarding, calendar
    SECURITY = "SECURITY"  # 安全管理员: operators' accounts
    AUDIT = "AUDIT"  # 审计管理员: the platform's trail, statistics

    @property
    def role(self) -> Role:
        """The role that the policy speaks of."""
        return _DUTY_ROLES[self]


_DUTY_ROLES = {
    OperatorDuty.SYSTEM: Role.SYSTEM_OPERATOR,
    OperatorDuty.SECURITY: Role.SECURITY_OPERATOR,
    OperatorDuty.AUDIT: Role.AUDIT_OPERATOR,
}
