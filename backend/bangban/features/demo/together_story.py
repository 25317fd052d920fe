"""Results that are issued together 多证齐发: a pair of cases that was given out, and a pair of which one is still open.

Told where, by a district's settings, one matter is followed by several: the same firm or person applies for them one
by one, and they are put together afterwards (DOMAIN D11).
"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any, Final

from sqlalchemy import select

from bangban.features.accounts.residents import resident_of_phone
from bangban.features.areas.tables import AreaRow
from bangban.features.cases.rules.assistance import assistance_of
from bangban.features.cases.service import ApplicantDetails
from bangban.features.cases.tables import CaseRow
from bangban.features.demo.actors import acting, somebody
from bangban.features.demo.applying import complete_application
from bangban.features.demo.crew import find_crew
from bangban.features.demo.journey import Journey
from bangban.features.demo.script import Extra, Part, acts_of, ordinals_of
from bangban.features.demo.stage import Item, Stage
from bangban.features.demo.words import sample_applicant
from bangban.features.joint.service import issue_together, release_results
from bangban.features.joint.tables import BundleApplicationRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import normalise_phone
from bangban.kernel.tenancy.work import Work

_APPLICANTS: Final = 45_000  # the first sample applicant of these; far from those of the other stories
_PAIR: Final = 2
_OPEN_LAST: Final = (False, True)  # of each applicant's last case: whether it is still to be decided
_TRIES: Final = 40
_DAYS: Final = 5  # working days that a matter takes here at most
_AGO: Final = timedelta(seconds=3)


def plan_together(work: Work, stage: Stage, *, first: int) -> Extra:
    """Two cases of each of two applicants; none where nothing is followed by several. ``first`` numbers the cases."""
    pair, chance = _pair(work, stage), _chance(work)
    found = Extra(0, [])
    for open_last, applicant in zip(_OPEN_LAST, _applicants(work, pair), strict=False):
        journeys = _journeys(stage, pair, applicant, chance)
        for place, journey in enumerate(journeys):
            journey.pre_check()
            journey.accept()
            if not (open_last and place == len(journeys) - 1):
                journey.grant(days=chance.randint(0, min(journey.item.promised, _DAYS)), number=first + place)
            case, last = first + found.cases, stage.window.last
            ordinals = ordinals_of(journey.steps, fixed=len(journey.steps) - 1, at=last, last=last)
            acts = acts_of(stage.window, journey.steps, ordinals, chance, case=case)
            found = Extra(found.cases + 1, found.acts + acts)
    return found


async def tell_together(work: Work, stage: Stage) -> None:
    """Put what was planned together, and give out what is decided as a whole."""
    for open_last, applicant in zip(_OPEN_LAST, _applicants(work, _pair(work, stage)), strict=False):
        resident = await resident_of_phone(work, normalise_phone(applicant.phone))
        rows = await work.db.execute(
            select(CaseRow.number, AreaRow.path)
            .join(AreaRow, AreaRow.id == CaseRow.area_id)
            .where(CaseRow.resident_id == resident.id)
            .order_by(CaseRow.number)
        )
        cases = rows.all()
        clerk = somebody(stage, Permission.BUNDLE_RELEASE, cases[0].path) if cases else None
        if clerk is None:
            continue
        at = acting(work, clerk.principal, work.now - _AGO)
        joined = await issue_together(
            at, numbers=[each.number for each in cases], reason="申请人要求一并领取"
        )
        if not open_last:
            application = select(BundleApplicationRow.number).where(BundleApplicationRow.id == joined)
            await release_results(at, number=(await work.db.scalars(application)).one())


def _pair(work: Work, stage: Stage) -> list[Item]:
    """The first two matters that follow one and the same, and that somebody can apply for as one person or firm."""
    items = {each.code: each for each in stage.items}
    for following in (assistance_of(work.settings).next_steps or {}).values():
        found = [items[code] for code in following if code in items][:_PAIR]
        if len(found) == _PAIR and set(found[0].audience) & set(found[1].audience):
            return found
    return []


def _applicants(work: Work, pair: list[Item]) -> list[ApplicantDetails]:
    if not pair:
        return []
    audience = next(each for each in pair[0].audience if each in pair[1].audience)
    slug = work.district.slug
    return [sample_applicant(slug, audience, _APPLICANTS + place) for place in range(len(_OPEN_LAST))]


def _journeys(stage: Stage, pair: list[Item], applicant: ApplicantDetails, chance: Random) -> list[Journey]:
    """Both matters at one place, or none where nobody could decide them."""
    mode = stage.plain_mode
    for _ in range(_TRIES if mode else 0):
        place = stage.place(chance)
        crews: list[Any] = [find_crew(stage, item, place, chance) for item in pair]
        if None not in crews:
            assert mode is not None  # asked just before
            return [
                Journey(
                    calendar=stage.window.calendar,
                    rng=chance,
                    item=item,
                    crew=crew,
                    application=complete_application(
                        item, place.id, applicant, filer=Part.APPLICANT, mode=mode
                    ),
                )
                for item, crew in zip(pair, crews, strict=True)
            ]
    return []


def _chance(work: Work) -> Random:
    return Random(f"{work.district.slug} together")  # noqa: S311 - samples are to be the same every time
