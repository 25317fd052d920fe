"""The finite vocabulary of access: what may be done.

A permission is ``object:action``. Every root field and every mutation asks for one of these and for nothing
else, and every policy line names only these, so a district's whole policy can be decided ahead of time. Who
may be granted them is in ``roles``, and where in ``permission_reaches``.
"""

from __future__ import annotations

from enum import StrEnum

WILDCARD = "*"
"""In a policy line: any role, level, object or action. Compared by equality, never as a pattern."""


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
    SETTINGS_READ = "settings:read"
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
    CASE_CHECK_IN = "case:check-in"
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
    OVERSIGHT_READ = "oversight:read"
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
