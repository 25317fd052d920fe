"""Where a policy line may grant each permission: over areas, on own rows, in a whole district, on the platform."""

from __future__ import annotations

from bangban.kernel.access.roles import AREA_REACHES, Reach
from bangban.kernel.access.vocabulary import Permission

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
    Permission.SETTINGS_READ: frozenset({Reach.COUNTY}),
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


def reaches_of(permission: Permission) -> frozenset[Reach]:
    """Where a line may grant it: no line can offer all cases of a district to people without an area."""
    found = _PERMISSION_REACHES.get(permission)
    if found is not None:
        return found
    return AREA_REACHES | {Reach.OWN} if permission.object == "case" else AREA_REACHES
