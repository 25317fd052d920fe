"""What the steps of an onboarding put into the district: areas, catalog, places, people. Each is idempotent."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bangban.features.areas.rules import AreaDraft
from bangban.features.areas.service import area_ids
from bangban.features.areas.whole_tree import import_areas
from bangban.features.bundles.service import publish_bundles
from bangban.features.catalog.service import Publication, codes_from_template, publish_items, withdraw_items
from bangban.features.catalog.service.delegating import NewDelegation, put_delegations
from bangban.features.catalog.templates import USUAL_TEMPLATE, TemplateItem
from bangban.features.guidance.service import publish_guidance
from bangban.features.people.drafts import AssignmentDraft, MembershipDraft, StaffDraft, TeamDraft
from bangban.features.people.imports import import_people
from bangban.features.people.tables import StaffRow
from bangban.features.places.finding import point_ids
from bangban.features.places.service import PlacedArea, place_areas, put_agreements, put_points
from bangban.features.printed_guides.service import publish_printed_guides
from bangban.features.profiles.profile import Profile, ProfileDelegation
from bangban.features.profiles.values import Employment
from bangban.kernel.tenancy.work import Work


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
    """The catalog, with what is built on it: bundles, guidance, guides to print. What changed holds from today.

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
    await publish_printed_guides(
        work,
        [(each.draft, each.provenance.value) for each in profile.offers.guides],
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
                department=team.department,
                name_en=team.name.en if team.name.en != team.name.zh else None,
                until=team.until,
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
