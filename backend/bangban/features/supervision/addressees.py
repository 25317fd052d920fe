"""What a duty is about, in words, and who is told of it: whoever has it in hand, and whoever leads them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.tables import CaseRow
from bangban.features.cases.values import CaseState
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.hall.service.loading import find_lead
from bangban.features.hall.tables import IntakeBatchCaseRow, IntakeBatchRow
from bangban.features.orders.kind_words import kind_word
from bangban.features.orders.service.helpers import read_helper_rows
from bangban.features.orders.tables import OrderRow
from bangban.features.people.leads import leads_at, leads_of, team_leads
from bangban.features.people.tables import StaffRow
from bangban.features.places.tables import ServicePointRow, TerminalRow
from bangban.features.staffing.running_out import posts_run_out
from bangban.features.supervision.held_papers import who_has_papers
from bangban.features.supervision.rules import supervision_of
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import DutyKind, DutyState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work

MOST_TOLD: Final = 50
"""How many people are told of one duty."""

_LEADS_TOO: Final = frozenset(
    {
        DutyKind.REVIEW_LATE,
        DutyKind.FEEDBACK_LATE,
        DutyKind.ACCEPTANCE_LATE,
        DutyKind.PAPERS_HELD,
        DutyKind.BATCH_LATE,
        DutyKind.ORDER_IDLE,
        DutyKind.ORDER_STUCK,
    }
)
"""Whoever leads those who have it in hand is told, too: of their teams, or else the nearest supervisor."""


@dataclass(frozen=True, kw_only=True)
class About:
    """An open duty: what it is about, as messages call it, and who has that in hand."""

    duty_id: UUID
    kind: DutyKind
    due_on: date
    number: str
    item: Callable[[str], str]  # by language
    in_hand: Sequence[StaffRow]


async def find_about(work: Work, duty_id: UUID) -> About | None:
    """None for a duty that is over, or gone."""
    duty = await work.db.get(DutyRow, duty_id)
    if duty is None or duty.state is not DutyState.OPEN:
        return None
    found = await _FINDERS[duty.kind](work, duty) if duty.kind in _FINDERS else await _case(work, duty)
    if found is None:
        return None
    number, item, people = found
    return About(
        duty_id=duty.id,
        kind=duty.kind,
        due_on=duty.due_on,
        number=number,
        item=item if callable(item) else lambda _: item,
        in_hand=people[:MOST_TOLD],
    )


async def told_of(work: Work, about: About) -> list[StaffRow]:
    """Everybody who is told that the duty came up, each once."""
    people = {each.id: each for each in about.in_hand}
    for each in about.in_hand:
        if about.kind is DutyKind.RED:
            people |= {lead.id: lead for lead in await team_leads(work, each.id)}
        elif about.kind in _LEADS_TOO:
            people |= {lead.id: lead for lead in await leads_of(work, each.id)}
    return list(people.values())


_Found = tuple[str, str | Callable[[str], str], Sequence[StaffRow]]


async def _case(work: Work, duty: DutyRow) -> _Found | None:
    found = (
        await work.db.execute(
            select(CaseRow.number, ServiceItemRow.name, StaffRow)
            .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
            .join(StaffRow, StaffRow.id == CaseRow.holder_id)
            .where(CaseRow.id == duty.case_id)
        )
    ).one_or_none()
    return found and (found[0], found[1], [found[2]])


async def _papers(work: Work, duty: DutyRow) -> _Found | None:
    found = await _case(work, duty)
    if found is None or duty.case_id is None:
        return None
    return *found[:2], await _people(work, await who_has_papers(work, duty.case_id))


async def _order(work: Work, duty: DutyRow) -> _Found | None:
    found = (
        await work.db.execute(
            select(OrderRow.number, OrderRow.kind, StaffRow)
            .join(StaffRow, StaffRow.id == OrderRow.holder_id)
            .where(OrderRow.id == duty.subject_id)
        )
    ).one_or_none()
    return found and (found[0], lambda language: kind_word(found[1], language), [found[2]])


async def _batch(work: Work, duty: DutyRow) -> _Found | None:
    """The pool: whoever has a case of it that nobody has looked at."""
    found = (
        await work.db.execute(
            select(IntakeBatchRow.number, ServicePointRow.name)
            .join(ServicePointRow, ServicePointRow.id == IntakeBatchRow.point_id)
            .where(IntakeBatchRow.id == duty.subject_id)
        )
    ).one_or_none()
    waiting = (
        select(CaseRow.holder_id)
        .join(IntakeBatchCaseRow, IntakeBatchCaseRow.case_id == CaseRow.id)
        .where(IntakeBatchCaseRow.batch_id == duty.subject_id, CaseRow.state == CaseState.SUBMITTED)
    )
    return found and (*found, await _people(work, waiting))


async def _terminal(work: Work, duty: DutyRow) -> _Found | None:
    if duty.subject_id is None:
        return None
    found = await find_terminal(work, duty.subject_id)
    return found and (found[0].name, found[1].name, await keepers_of(work, found[1]))


async def find_terminal(work: Work, terminal_id: UUID) -> tuple[TerminalRow, ServicePointRow] | None:
    """A terminal with its point."""
    rows = await work.db.execute(
        select(TerminalRow, ServicePointRow)
        .join(ServicePointRow, ServicePointRow.id == TerminalRow.point_id)
        .where(TerminalRow.id == terminal_id)
    )
    found = rows.one_or_none()
    return None if found is None else (found[0], found[1])


async def keepers_of(work: Work, point: ServicePointRow) -> Sequence[StaffRow]:
    """Who sees to a point: the lead of its shift, or else the nearest supervisors."""
    lead = await find_lead(work, point.id)
    return await leads_at(work, point.area_id) if lead is None else await _people(work, [lead])


async def _volunteer(work: Work, duty: DutyRow) -> _Found | None:
    """Those who may let volunteers in where this one is posted."""
    found = await _whom(work, duty, Permission.SKILL_MANAGE)
    return found and (found[0], _volunteer_word, await _people(work, found[1]))


async def _whom(work: Work, duty: DutyRow, permission: Permission) -> tuple[str, set[UUID]] | None:
    """The name of whom a duty is about, and who holds a permission over its area."""
    found = (
        await work.db.execute(
            select(StaffRow.name, AreaRow.path)
            .join(AreaRow, AreaRow.id == duty.area_id)
            .where(StaffRow.id == duty.subject_id)
        )
    ).one_or_none()
    if found is None:
        return None
    may = await read_helper_rows(work, path=found.path, service_code=None, permission=permission)
    return found.name, {each.id for each in may}


def _volunteer_word(language: str) -> str:
    return "志愿者" if language.startswith("zh") else "volunteer"


async def _post(work: Work, duty: DutyRow) -> _Found | None:
    """Those who may move cases where the post is, and who has it, as long as they are there."""
    ahead = supervision_of(work.settings).post_warning_days
    (found, *_) = [*await posts_run_out(work, ahead=ahead, staff_id=duty.subject_id), None]
    if found is None or found.until != duty.due_on:
        return None
    whom = await _whom(work, duty, Permission.CASE_HAND_OVER)
    if whom is None:
        return None
    name, people = whom[0], whom[1] - {found.staff_id}
    if duty.kind is DutyKind.POST_ENDING:
        people.add(found.staff_id)
    return name, partial(_left_words, found.left), await _people(work, people)


_LEFT: Final = {
    "cases": ("办件 {} 件", "cases {}"),
    "offered": ("待接收的交接 {} 件", "hand-overs offered {}"),
    "orders": ("帮办单 {} 个", "orders {}"),
    "asks": ("首问记录 {} 件", "first-asked records {}"),
    "passed": ("待接收的首问转办 {} 件", "first-asked transfers offered {}"),
    "papers": ("申请人材料 {} 份", "papers {}"),
    "turns": ("值班 {} 个", "turns on the rota {}"),
}


def _left_words(left: Mapping[str, int], language: str) -> str:
    zh = language.startswith("zh")
    return ("、" if zh else ", ").join(
        _LEFT[kind][0 if zh else 1].format(amount) for kind, amount in left.items() if amount
    )


async def _people(work: Work, staff_ids: Any) -> Sequence[StaffRow]:
    return (
        await work.db.scalars(select(StaffRow).where(StaffRow.id.in_(staff_ids)).order_by(StaffRow.id))
    ).all()


_FINDERS: Final[dict[DutyKind, Callable[[Work, DutyRow], Awaitable[_Found | None]]]] = {
    DutyKind.PAPERS_HELD: _papers,
    DutyKind.BATCH_LATE: _batch,
    DutyKind.ORDER_IDLE: _order,
    DutyKind.ORDER_STUCK: _order,
    DutyKind.TERMINAL_FAULT: _terminal,
    DutyKind.VOLUNTEER_WAITING: _volunteer,
    DutyKind.VOLUNTEER_LATE: _volunteer,
    DutyKind.POST_ENDING: _post,
    DutyKind.POST_ENDED: _post,
}
"""All others are about a case, and its holder has that in hand."""
