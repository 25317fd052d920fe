"""What a district keeps of its profile for itself: policy lines, closures, settings, and the digest of all of it."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bangban.features.policy.service import change_lines, hold_lines
from bangban.features.profiles.profile import Profile
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.tables import ClosureRow, ProfileRow
from bangban.kernel.tenancy.work import Work

HASH: Final = "profile_hash"
LINES: Final = "profile_policy"
DAYS: Final = "profile_closures"
CLOSURES: Final = "closures.changed"
"""Local days of the calendar changed with a profile; open cases are to be reckoned anew."""

# Counted up when the steps store something else for the same profile, so that it is taken over again.
_FORMAT: Final = 1
_PROFILE: Final = TypeAdapter(Profile)


def profile_digest(profile: Profile) -> str:
    """A digest of all that a profile says; where its folder is does not matter."""
    text = _PROFILE.dump_json(profile, exclude={"folder", "warnings"})
    return hashlib.sha256(f"{_FORMAT}\n".encode() + text).hexdigest()


async def take_over_policy(work: Work, profile: Profile) -> int:
    """The district's own policy lines. Lines of a former profile go; lines made in the district stay.

    Raises ``PolicyFaulty`` where the outcome would be no policy a district may have.
    """
    stored = await hold_lines(work)
    settings = await work.db.scalar(select(ProfileRow.settings)) or {}
    former = {tuple(line) for line in settings.get(LINES, ())}
    wished = [line.tokens for line in profile.policy]
    gone = [key for key in stored if key in former and key not in wished]
    await change_lines(work, stored, add=wished, remove=gone)
    return len(profile.policy)


async def take_over_closures(work: Work, profile: Profile) -> int:
    """Local exceptions to the published calendar. Those of a former profile go; those made in the district stay."""
    work.grants.require(Permission.CALENDAR_MANAGE)
    stored = {row.day: row for row in await work.db.scalars(select(ClosureRow))}
    settings = await work.db.scalar(select(ProfileRow.settings)) or {}
    wished = {closure.day: closure for closure in profile.closures}
    gone = [row for day, row in stored.items() if str(day) in settings.get(DAYS, ()) and day not in wished]
    changed = len(gone)
    for row in gone:
        await work.db.delete(row)
    for day, closure in wished.items():
        known = stored.get(day)
        if known is None:
            work.db.add(ClosureRow(day=day, working=closure.working, reason=closure.reason))
            changed += 1
        elif (known.working, known.reason) != (closure.working, closure.reason):
            known.working, known.reason = closure.working, closure.reason
            changed += 1
    if changed:
        await work.db.flush()
        work.record(action=Permission.CALENDAR_MANAGE, object="calendar:import", details={"changed": changed})
        work.announce("calendar.changed", "")
        work.announce(CLOSURES, "")
    return len(profile.closures)


async def take_over_profile(work: Work, profile: Profile, *, digest: str) -> int:
    """The district's own copy of its public facts and settings; comes last, as it says that all is done."""
    kept = await work.db.scalar(select(ProfileRow.settings)) or {}
    row: dict[str, Any] = {
        "one": 1,
        "slug": profile.slug,
        "name": profile.name.zh,
        "brand": profile.brand.zh,
        "division_code": profile.division_code,
        "levels": profile.levels,
        "circle_minutes": profile.circle_minutes,
        "timezone": profile.timezone,
        "number_prefix": profile.case_prefix,
        "settings": kept | settings_of(profile) | {HASH: digest},
    }
    new = insert(ProfileRow).values(row)
    changes = {name: new.excluded[name] for name in row if name != "one"}
    await work.db.execute(new.on_conflict_do_update(index_elements=[ProfileRow.one], set_=changes))
    work.record(action="district:set-up", object=f"district:{profile.slug}", details={HASH: digest})
    work.announce("registry.changed", "")
    return 1


def settings_of(profile: Profile) -> dict[str, Any]:
    """What the profile says beyond the columns of ``ProfileRow``, as plain JSON."""
    said = _PROFILE.dump_python(
        profile,
        mode="json",
        include={
            "address_levels",
            "contact_phone",
            "modes",
            "rating",
            "project_lead",
            "hard_case_channel",
            "figures",
            "level_names",
            "allowed_origins",
        },
    )
    return {
        **said,
        **profile.sections,
        "name_en": profile.name.en,
        "brand_en": profile.brand.en,
        LINES: [list(line.tokens) for line in profile.policy],
        DAYS: [str(closure.day) for closure in profile.closures],
        **(
            {}
            if profile.trusted_documents_only is None
            else {"trusted_documents_only": profile.trusted_documents_only}
        ),
    }
