"""Sample cases taken in where they were delegated to: at a partner's point, by a community's window, in a park by whom
a department sent.

Of each kind one is over, decided by its owner or on the spot, and one was accepted yesterday, so that it can be decided
now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum, auto
from random import Random
from typing import Any, Final, TypeAlias

from sqlalchemy import and_, or_, select

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.service import ApplicantDetails
from bangban.features.cases.values import HelpMode
from bangban.features.catalog.tables import DelegationRow
from bangban.features.catalog.values import Audience, DelegationScope
from bangban.features.demo.applying import complete_application
from bangban.features.demo.crew import find_crew
from bangban.features.demo.journey import Journey
from bangban.features.demo.script import Extra, acts_of, ordinals_of
from bangban.features.demo.stage import Item, Member, Place, Stage
from bangban.features.demo.words import sample_applicant
from bangban.kernel.access.paths import is_within
from bangban.kernel.access.principals import Assignment
from bangban.kernel.access.roles import Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work

_APPLICANTS: Final = 50_000  # the first sample applicant of these; far from those of the other stories
_ACCEPT: Final = Permission.CASE_ACCEPT


class _To(Enum):
    """Whom something was delegated to."""

    POINT = auto()
    AREA = auto()
    SOMEBODY = auto()


_Taken: TypeAlias = tuple[Item, Member, Assignment]
_DAYS: Final = 12  # working days ago that the one which is over was applied for, at most


async def plan_delegated(work: Work, stage: Stage, *, first: int) -> Extra:
    """Two cases for a point, two for an area and two for somebody's own, where the district has people there.

    ``first`` numbers the cases.
    """
    rng = Random(f"{work.district.slug} delegated")  # noqa: S311 - samples are to be the same every time
    delegations, mode = await _accepting(work, stage), stage.plain_mode
    found = Extra(0, [])
    if mode is None:
        return found
    for to in _To:
        of_kind = [each for each in delegations if _kind_of(each) is to]
        taken = next(_takers(stage, of_kind), None)
        for open_still in (False, True) if taken else ():
            assert taken is not None  # asked just before
            case = first + found.cases
            audience = Audience.PERSON if Audience.PERSON in taken[0].audience else taken[0].audience[0]
            applicant = sample_applicant(work.district.slug, audience, _APPLICANTS + case)
            result = None if open_still else case
            on_the_spot = to is _To.SOMEBODY
            journey = _journey(
                stage, taken, applicant, rng=rng, mode=mode, result=result, on_the_spot=on_the_spot
            )
            if journey is None:
                continue
            last = stage.window.last - (0 if open_still else rng.randint(1, _DAYS))
            steps = journey.steps
            ordinals = ordinals_of(steps, fixed=len(steps) - 1, at=last, last=last)
            found = Extra(
                found.cases + 1, found.acts + acts_of(stage.window, steps, ordinals, rng, case=case)
            )
    return found


def _kind_of(delegation: Any) -> _To:
    if delegation.staff_id is not None:
        return _To.SOMEBODY
    return _To.POINT if delegation.to_point_id is not None else _To.AREA


async def _accepting(work: Work, stage: Stage) -> Sequence[Any]:
    """By which a unit accepts and decides nothing, or somebody decides on the spot, all through the window."""
    window, row = stage.window, DelegationRow
    found = await work.db.execute(
        select(row.service_code, row.to_point_id, row.staff_id, AreaRow.path.label("to_path"))
        .outerjoin(AreaRow, AreaRow.id == row.to_area_id)
        .where(
            or_(
                and_(row.scope == DelegationScope.ACCEPT, row.staff_id.is_(None)),
                and_(row.scope == DelegationScope.FULL, row.staff_id.is_not(None)),
            ),
            row.since <= window.first_day,
            or_(row.until.is_(None), row.until >= window.today),
            row.withdrawn_on.is_(None),
        )
        .order_by(row.service_code, row.to_point_id, AreaRow.key)
    )
    return found.all()


def _takers(stage: Stage, delegations: Sequence[Any]) -> Iterator[_Taken]:
    """Who takes in what by one of these, and would not without it."""
    items = {each.code: each for each in stage.items}
    for row in delegations:
        item = items.get(row.service_code)
        if item is None:
            continue
        for member in (*stage.partners, *stage.members):
            for held in member.principal.assignments:
                if _takes(member, held, row) and (
                    _kind_of(row) is _To.POINT or held.level not in item.handled_at
                ):
                    yield item, member, held


def _takes(member: Member, held: Assignment, delegation: Any) -> bool:
    if delegation.staff_id is not None:
        return member.principal.id == delegation.staff_id and (
            held.point_id == delegation.to_point_id or delegation.to_point_id is None
        )
    if (
        delegation.to_point_id is not None
    ):  # a partner's clerk may do this with cases of their own, wherever they are
        return held.role is Role.PARTNER_CLERK and held.point_id == delegation.to_point_id
    return is_within(held.area_path, delegation.to_path) and member.may(_ACCEPT, held.area_path)


def _journey(
    stage: Stage,
    taken: _Taken,
    applicant: ApplicantDetails,
    *,
    rng: Random,
    mode: HelpMode,
    result: int | None,
    on_the_spot: bool,
) -> Journey | None:
    """From the counter where it was delegated to, and to the owner's desk where a ``result`` has its number there; or
    decided ``on_the_spot``.

    None where nobody could decide it.
    """
    item, member, held = taken
    who = member.principal
    owners = find_crew(stage, item, Place(held.area_id, held.area_path, held.level), rng)
    if owners is None:
        return None
    journey = Journey(
        calendar=stage.window.calendar,
        rng=rng,
        item=item,
        crew=replace(owners, filer=who, checker=who, decider=who),
        application=complete_application(item, held.area_id, applicant, filer=who, mode=mode),
    )
    journey.pre_check()
    journey.accept()
    if result is not None:
        if not on_the_spot:
            journey.crew = owners
        journey.grant(days=rng.randint(0, item.promised), number=result)
    return journey
