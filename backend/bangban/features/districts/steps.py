"""What each step of an onboarding does in the district. Every one of them is idempotent."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bangban.features.areas.rules import AreaDraft
from bangban.features.areas.service import area_ids
from bangban.features.areas.whole_tree import import_areas
from bangban.features.bundles.service import publish_bundles
from bangban.features.catalog.service import (
    Publication,
    codes_from_template,
    publish_items,
    withdraw_items,
)
from bangban.features.catalog.service.delegating import NewDelegation, put_delegations
from bangban.features.catalog.templates import USUAL_TEMPLATE, TemplateItem
from bangban.features.guidance.service import publish_guidance
from bangban.features.people.imports import import_people
from bangban.features.people.rules import AssignmentDraft, MembershipDraft, StaffDraft, TeamDraft
from bangban.features.people.tables import StaffRow
from bangban.features.places.service import PlacedArea, place_areas, point_ids, put_agreements, put_points
from bangban.features.policy.service import change_lines, hold_lines
from bangban.features.profiles.profile import Profile, ProfileDelegation
from bangban.features.profiles.values import Employment
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


async def take_over_areas(work: Work, profile: Profile) -> int:
    """The area tree. Areas that the profile no longer names stay in use."""
    drafts = [
        AreaDraft(
            key=area.key,
            code=area.code,
            parent=area.parent,
            name=area.name,
            full_name=area.full_name,
            level=area.level,
            kind=area.kind,
            provenance=area.provenance.value,
        )
        for area in profile.areas
    ]
    await import_areas(work, drafts)
    return len(drafts)


async def take_over_catalog(work: Work, profile: Profile) -> int:
    """The catalog, with what is built on it: bundles and guidance. What changed holds from today.

    Template items that were left out are withdrawn.
    """
    items = [
        Publication(
            draft=item.draft,
            origin=item.origin.value,
            provenance=item.provenance.value,
            taken=None if item.standard is None else TemplateItem.of(USUAL_TEMPLATE, item.standard).taken,
        )
        for item in profile.items
    ]
    await publish_items(work, items, changed_from=work.today)
    left_out = await codes_from_template(work.db) - {item.draft.code for item in items}
    if left_out:
        await withdraw_items(work, left_out, on=work.today)
    await publish_bundles(
        work,
        [(each.draft, each.provenance.value) for each in profile.offers.bundles],
        changed_from=work.today,
    )
    await publish_guidance(
        work,
        [(each.draft, each.provenance.value) for each in profile.offers.guidance],
        changed_from=work.today,
    )
    return len(items)


async def take_over_places(work: Work, profile: Profile) -> int:
    """Where people live and are served, and who takes on what. Nothing is removed for not being named."""
    places = profile.places
    await place_areas(
        work,
        [
            PlacedArea(
                area=each.area,
                longitude=each.longitude,
                latitude=each.latitude,
                population=each.population,
            )
            for each in places.areas
        ],
    )
    await put_points(work, places.points)
    await put_agreements(work, places.agreements)
    await _put_delegations(work, [each for each in places.delegations if each.staff is None])
    return len(places.points)


async def _put_delegations(work: Work, wished: Sequence[ProfileDelegation]) -> None:
    """Give what is not given yet: to units with the places, to people once they are there."""
    if not wished:
        return
    areas, points = await area_ids(work.db), await point_ids(work)
    people = {row.key: row.id for row in await work.db.execute(select(StaffRow.key, StaffRow.id))}
    await put_delegations(
        work,
        [
            NewDelegation(
                service_code=each.service,
                from_area_id=areas[each.owner],
                to_area_id=None if each.area is None else areas[each.area],
                to_point_id=None if each.point is None else points[each.point],
                staff_id=None if each.staff is None else people[each.staff],
                scope=each.scope,
                since=each.since,
                until=each.until,
                basis=each.basis,
                provenance=each.provenance.value,
            )
            for each in wished
        ],
    )


async def take_over_people(work: Work, profile: Profile) -> int:
    """Staff, teams, assignments and memberships. Nobody is removed for not being named."""
    await import_people(
        work,
        staff=[
            StaffDraft(
                key=person.key,
                name=person.name,
                login=person.login_name,
                source=person.source.value,
                full_time=person.employment is Employment.FULL_TIME,
                active=person.until is None or person.until >= work.today,
            )
            for person in profile.staff
        ],
        teams=[
            TeamDraft(
                key=team.key,
                name=team.name.zh,
                brand=team.brand.zh if team.brand else None,
                kind=team.kind.value,
                area=team.area,
            )
            for team in profile.teams
        ],
        assignments=[
            AssignmentDraft(
                staff=person.key,
                role=held.role.value,
                area=held.area,
                since=held.since,
                until=held.until,
                point=held.point,
            )
            for person in profile.staff
            for held in person.assignments
        ],
        memberships=[
            MembershipDraft(
                team=team,
                staff=person.key,
                since=person.since,
                until=person.until,
                full_time=person.employment is Employment.FULL_TIME,
            )
            for person in profile.staff
            for team in person.teams
        ]
        + [
            MembershipDraft(
                team=member.team,
                staff=person.key,
                since=member.since,
                until=member.until,
                lead=member.lead,
                full_time=member.employment is Employment.FULL_TIME,
            )
            for person in profile.staff
            for member in person.memberships
        ],
    )
    await _put_delegations(work, [each for each in profile.places.delegations if each.staff is not None])
    return len(profile.staff)


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
