"""The finite vocabulary of access: who, where, and what may be done.

A permission is ``object:action``. Every root field and every mutation asks for one of these and for nothing
else, and every policy line names only these, so a district's whole policy can be decided ahead of time.
"""

from __future__ import annotations

from enum import StrEnum

from bangban.kernel.levels import AreaLevel

WILDCARD = "*"
"""In a policy line: any role, level, object or action. Compared by equality, never as a pattern."""


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


class Permission(StrEnum):
    """What may be asked for 权限."""

    # the platform, outside every district
    DIRECTORY_READ = "directory:read"
    ONBOARDING_APPLY = "onboarding:apply"
    ONBOARDING_READ = "onboarding:read"
    ONBOARDING_APPROVE = "onboarding:approve"
    DISTRICT_MANAGE = "district:manage"
    FLEET_READ = "fleet:read"
    FLEET_MANAGE = "fleet:manage"
    OPERATOR_MANAGE = "operator:manage"
    STATISTICS_READ = "statistics:read"
    TRAIL_READ = "trail:read"
    # sessions and the caller
    SESSION_SIGN_IN = "session:sign-in"
    SESSION_REFRESH = "session:refresh"
    SESSION_END = "session:end"
    VIEWER_READ = "viewer:read"
    INVITATION_ACCEPT = "invitation:accept"
    PASSWORD_RESET = "password:reset"  # noqa: S105 - a permission, not a password
    PASSWORD_CHANGE = "password:change"  # noqa: S105 - a permission, not a password
    # what a district is made of
    DISTRICT_READ = "district:read"
    DISTRICT_CONFIGURE = "district:configure"
    DISTRICT_LEAVE = "district:leave"
    AREA_READ = "area:read"
    AREA_MANAGE = "area:manage"
    CATALOG_READ = "catalog:read"
    CATALOG_MANAGE = "catalog:manage"
    GUIDANCE_READ = "guidance:read"
    CALENDAR_MANAGE = "calendar:manage"
    STAFF_READ = "staff:read"
    STAFF_MANAGE = "staff:manage"
    TEAM_READ = "team:read"
    PORTAL_MANAGE = "portal:manage"
    POLICY_READ = "policy:read"
    POLICY_MANAGE = "policy:manage"
    # where people are served, and who takes on what
    PLACE_READ = "place:read"
    PLACE_MANAGE = "place:manage"
    PLACE_ASSESS = "place:assess"
    DELEGATION_MANAGE = "delegation:manage"
    TERMINAL_REPORT = "terminal:report"
    NETWORK_READ = "network:read"
    OUTREACH_READ = "outreach:read"
    OUTREACH_HOLD = "outreach:hold"
    BOOKING_READ = "booking:read"
    BOOKING_MAKE = "booking:make"
    BOOKING_SETTLE = "booking:settle"
    # long work, of the platform or of one district
    TASK_READ = "task:read"
    TASK_MANAGE = "task:manage"
    # casework
    CASE_READ = "case:read"
    CASE_APPLY = "case:apply"
    CASE_PRE_CHECK = "case:pre-check"
    CASE_NOTICE_AGAIN = "case:notice-again"
    CASE_SUPPLY = "case:supply"
    CASE_ACCEPT = "case:accept"
    CASE_COMPLETE = "case:complete"
    CASE_RATE = "case:rate"
    CASE_DECLINE = "case:decline"
    CASE_WITHDRAW = "case:withdraw"
    CASE_SUSPEND = "case:suspend"
    CASE_RESUME = "case:resume"
    CASE_HAND_OVER = "case:hand-over"
    CASE_TAKE_OVER = "case:take-over"
    CASE_RETURN = "case:return"
    CASE_TERMINATE = "case:terminate"
    CASE_REVEAL = "case:reveal"
    CASE_AUTHORISE = "case:authorise"
    CASE_CLEAR_PROMISE = "case:clear-promise"
    CASE_ACKNOWLEDGE = "case:acknowledge"
    # what goes with it: papers in people's hands
    CUSTODY_RECORD = "custody:record"
    # what somebody was asked first
    ASKING_READ = "asking:read"
    ASKING_ASK = "asking:ask"
    ASKING_RECORD = "asking:record"
    ASKING_TRANSFER = "asking:transfer"
    ASKING_ANSWER = "asking:answer"
    ASKING_IMPORT = "asking:import"
    # supervision
    DUTY_READ = "duty:read"
    DUTY_SETTLE = "duty:settle"
    # orders, helpers' skills, service cards
    ORDER_PLACE = "order:place"
    ORDER_READ = "order:read"
    ORDER_CLAIM = "order:claim"
    ORDER_DO = "order:do"
    ORDER_DISPATCH = "order:dispatch"
    # several matters at once
    BUNDLE_READ = "bundle:read"
    BUNDLE_APPLY = "bundle:apply"
    BUNDLE_RELEASE = "bundle:release"
    WORDING_MANAGE = "wording:manage"
    # files of cases
    UPLOAD_PUT = "upload:put"
    UPLOAD_READ = "upload:read"
    # halls
    HALL_READ = "hall:read"
    HALL_GREET = "hall:greet"
    HALL_TICKET = "hall:ticket"
    HALL_CALL = "hall:call"
    HALL_MANAGE = "hall:manage"
    SKILL_MANAGE = "skill:manage"
    CARD_MANAGE = "card:manage"
    CARD_RESOLVE = "card:resolve"
    CONTACT_READ = "contact:read"
    CONTACT_MANAGE = "contact:manage"
    # an agent on a resident's app
    PROXY_READ = "proxy:read"
    PROXY_RECORD = "proxy:record"
    # banners and letters of thanks
    RECOGNITION_READ = "recognition:read"
    RECOGNITION_RECORD = "recognition:record"
    RECEIPT_READ = "receipt:read"
    RECEIPT_VERIFY = "receipt:verify"
    # people's own data
    PERSONAL_DATA_READ = "data:read"
    PERSONAL_DATA_CORRECT = "data:correct"
    PERSONAL_DATA_DECIDE = "data:decide"
    # oversight
    INDICATORS_READ = "indicators:read"
    AUDIT_READ = "audit:read"
    AUDIT_VERIFY = "audit:verify"

    @property
    def object(self) -> str:
        """What it is about, such as ``case``."""
        return self.value.partition(":")[0]

    @property
    def action(self) -> str:
        """What is done to it, such as ``pre-check``."""
        return self.value.partition(":")[2]

    @property
    def reaches(self) -> frozenset[Reach]:
        """Where a line may grant it: no line can offer all cases of a district to people without an area."""
        found = _PERMISSION_REACHES.get(self)
        if found is not None:
            return found
        return AREA_REACHES | {Reach.OWN} if self.object == "case" else AREA_REACHES


_PERMISSION_REACHES: dict[Permission, frozenset[Reach]] = {
    Permission.DIRECTORY_READ: frozenset({Reach.PLATFORM}),
    Permission.ONBOARDING_APPLY: frozenset({Reach.PLATFORM}),
    Permission.ONBOARDING_READ: frozenset({Reach.PLATFORM, Reach.OWN}),
    Permission.ONBOARDING_APPROVE: frozenset({Reach.PLATFORM}),
    Permission.DISTRICT_MANAGE: frozenset({Reach.PLATFORM}),
    Permission.FLEET_READ: frozenset({Reach.PLATFORM}),
    Permission.FLEET_MANAGE: frozenset({Reach.PLATFORM}),
    Permission.OPERATOR_MANAGE: frozenset({Reach.PLATFORM}),
    Permission.STATISTICS_READ: frozenset({Reach.PLATFORM}),
    Permission.TRAIL_READ: frozenset({Reach.PLATFORM}),
    Permission.SESSION_SIGN_IN: frozenset({Reach.DISTRICT, Reach.PLATFORM}),
    Permission.SESSION_REFRESH: frozenset({Reach.DISTRICT, Reach.PLATFORM}),
    Permission.SESSION_END: frozenset({Reach.DISTRICT, Reach.PLATFORM}),
    Permission.VIEWER_READ: frozenset({Reach.DISTRICT, Reach.PLATFORM}),
    Permission.INVITATION_ACCEPT: frozenset({Reach.DISTRICT, Reach.PLATFORM}),
    Permission.PASSWORD_RESET: frozenset({Reach.DISTRICT, Reach.PLATFORM}),
    Permission.PASSWORD_CHANGE: frozenset({Reach.DISTRICT, Reach.PLATFORM}),
    Permission.DISTRICT_READ: frozenset({Reach.DISTRICT}),
    Permission.DISTRICT_LEAVE: frozenset({Reach.COUNTY}),
    Permission.DISTRICT_CONFIGURE: frozenset({Reach.COUNTY}),
    Permission.AREA_READ: frozenset({Reach.DISTRICT}),
    Permission.CATALOG_READ: frozenset({Reach.DISTRICT}),
    Permission.GUIDANCE_READ: frozenset({Reach.DISTRICT}),
    Permission.PLACE_READ: frozenset({Reach.DISTRICT}),
    Permission.CALENDAR_MANAGE: AREA_REACHES | {Reach.PLATFORM},
    Permission.TASK_READ: AREA_REACHES | {Reach.PLATFORM},
    Permission.TASK_MANAGE: AREA_REACHES | {Reach.PLATFORM},
    Permission.STAFF_READ: AREA_REACHES | {Reach.DISTRICT},
    # A district may let the account of its terminals' gateway report on all of them.
    Permission.TERMINAL_REPORT: AREA_REACHES | {Reach.DISTRICT},
    # And give numbers at them.
    Permission.HALL_TICKET: AREA_REACHES | {Reach.DISTRICT},
    Permission.TEAM_READ: AREA_REACHES | {Reach.DISTRICT},
    Permission.CASE_APPLY: AREA_REACHES | {Reach.DISTRICT},
    Permission.CASE_RATE: frozenset({Reach.OWN}),
    Permission.CASE_ACKNOWLEDGE: frozenset({Reach.OWN}),
    Permission.CUSTODY_RECORD: AREA_REACHES | {Reach.OWN},
    Permission.ASKING_READ: AREA_REACHES | {Reach.OWN},
    Permission.ASKING_ASK: frozenset({Reach.DISTRICT}),
    Permission.BOOKING_READ: AREA_REACHES | {Reach.OWN},
    Permission.BOOKING_MAKE: frozenset({Reach.DISTRICT}),
    Permission.BOOKING_SETTLE: AREA_REACHES | {Reach.OWN},
    Permission.ASKING_TRANSFER: AREA_REACHES | {Reach.OWN},
    Permission.ASKING_ANSWER: AREA_REACHES | {Reach.OWN},
    Permission.ASKING_IMPORT: AREA_REACHES | {Reach.OWN},
    Permission.DUTY_READ: AREA_REACHES | {Reach.OWN},
    Permission.ORDER_PLACE: AREA_REACHES | {Reach.DISTRICT},
    Permission.ORDER_READ: AREA_REACHES | {Reach.OWN},
    Permission.ORDER_DO: frozenset({Reach.OWN}),
    Permission.BUNDLE_READ: AREA_REACHES | {Reach.OWN},
    Permission.BUNDLE_APPLY: AREA_REACHES | {Reach.DISTRICT},
    Permission.BUNDLE_RELEASE: AREA_REACHES | {Reach.OWN},
    Permission.UPLOAD_PUT: AREA_REACHES | {Reach.OWN},
    Permission.UPLOAD_READ: AREA_REACHES | {Reach.OWN},
    Permission.CARD_RESOLVE: frozenset({Reach.DISTRICT}),
    Permission.CONTACT_READ: frozenset({Reach.DISTRICT}),
    Permission.CONTACT_MANAGE: AREA_REACHES | {Reach.OWN},
    Permission.RECEIPT_READ: AREA_REACHES | {Reach.OWN},
    Permission.RECEIPT_VERIFY: frozenset({Reach.DISTRICT}),
    Permission.PERSONAL_DATA_READ: frozenset({Reach.OWN}),
    Permission.PERSONAL_DATA_CORRECT: frozenset({Reach.OWN}),
}

PLATFORM_PERMISSIONS = frozenset(
    {
        Permission.DIRECTORY_READ,
        Permission.ONBOARDING_APPLY,
        Permission.ONBOARDING_READ,
        Permission.ONBOARDING_APPROVE,
        Permission.DISTRICT_MANAGE,
        Permission.FLEET_READ,
        Permission.FLEET_MANAGE,
        Permission.OPERATOR_MANAGE,
        Permission.STATISTICS_READ,
        Permission.TRAIL_READ,
    }
)
"""What is decided outside every district; no district's line may grant it."""

HANDLING = (Permission.CASE_ACCEPT, Permission.CASE_COMPLETE)
"""What somebody may do who handles an item."""

OBJECTS = tuple(dict.fromkeys(permission.object for permission in Permission))
ACTIONS = tuple(dict.fromkeys(permission.action for permission in Permission))


def find_permission(subject: str, action: str) -> Permission | None:
    """The permission ``subject:action``, or None where the vocabulary has none."""
    try:
        return Permission(f"{subject}:{action}")
    except ValueError:
        return None
