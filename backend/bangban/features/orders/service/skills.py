"""What helpers have learnt: skills, trainings, and which volunteers were let in (DOMAIN C11, C17, K01, K02)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.rules.facts import said
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.orders.problems import no_such_helper, no_such_item
from bangban.features.orders.tables import HelperSkillRow
from bangban.features.people.tables import AssignmentRow, StaffRow, TrainingRow
from bangban.features.people.training import TrainingKind, check_served
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work

LONGEST_TITLE: Final = 200
MOST_NAMED: Final = 500
"""Themes, items or people in one list."""

_SKILLS = cast("Table", HelperSkillRow.__table__)


@dataclass(frozen=True, kw_only=True)
class Skills:
    """What a helper can help with: items and themes by their codes and names, or everything."""

    all_round: bool
    themes: Sequence[str]
    services: Sequence[str]
    approved: bool  # of a volunteer: whether they were let in


async def set_skills(work: Work, *, staff_id: UUID, skills: Skills) -> UUID:
    """Put these in the place of what was known; the helper's id.

    The first approval stays with its day and whoever gave it until it is taken back.

    Raises:
        Forbidden, NotFound: Nobody of whom the caller may say so; or an item that does not exist.
        InvalidInput: A list is too long.
    """
    await _check_helpers(work, [staff_id])
    services = await _check_services(work, skills.services)
    themes = _named(skills.themes, "input.themes")
    before = await work.db.get(HelperSkillRow, staff_id, with_for_update=True)
    approved_at = before.approved_at if before is not None else None
    approved_by = before.approved_by if before is not None else None
    if skills.approved != (approved_at is not None):
        approved_at = work.now if skills.approved else None
        approved_by = work.principal.id if skills.approved else None
    row: dict[str, Any] = {
        "staff_id": staff_id,
        "all_round": skills.all_round,
        "themes": themes,
        "services": services,
        "approved_at": approved_at,
        "approved_by": approved_by,
        "changed_at": work.now,
    }
    new = insert(_SKILLS).values(row)
    changes = {name: new.excluded[name] for name in row if name != "staff_id"}
    await work.db.execute(new.on_conflict_do_update(index_elements=[_SKILLS.c.staff_id], set_=changes))
    work.record(
        action=Permission.SKILL_MANAGE,
        object=f"staff:{staff_id}",
        details={"all_round": skills.all_round, "services": services, "approved": skills.approved},
    )
    return staff_id


async def record_training(
    work: Work,
    *,
    title: str,
    held_on: date,
    trainer: str,
    services: Sequence[str],
    attendees: Collection[UUID],
    kind: TrainingKind = TrainingKind.TRAINING,
    served: int | None = None,
) -> UUID:
    """Keep that a training was held, on which items and with whom; or a coaching, by whom and of how many. Its id.

    Raises:
        Forbidden, NotFound: Somebody of whom the caller may not say so; or an item that does not exist.
        InvalidInput: No title, trainer or attendee; a day to come; a list that is too long; or as
            ``check_served``.
    """
    check_served(kind, served)
    name, by = said(title), said(trainer)
    if name is None or by is None or len(name) > LONGEST_TITLE or len(by) > LONGEST_TITLE:
        raise InvalidInput(
            f"A training has a title and a trainer, of at most {LONGEST_TITLE} characters.",
            f"请填写培训名称和讲师,不超过 {LONGEST_TITLE} 个字。",
            fields=("input.title", "input.trainer"),
        )
    if held_on > work.today:
        raise InvalidInput("This day is still to come.", "培训日期不能晚于今天。", fields=("input.heldOn",))
    people = sorted(set(attendees))
    await _check_helpers(work, people)
    row = TrainingRow(
        id=new_id(),
        title=name,
        held_on=held_on,
        trainer=by,
        services=await _check_services(work, services),
        attendees=people,
        recorded_at=work.now,
        kind=kind,
        served=served,
    )
    work.db.add(row)
    work.record(
        action=Permission.SKILL_MANAGE,
        object=f"training:{row.id}",
        details={
            "kind": kind.value,
            "services": row.services,
            "attendees": [str(each) for each in people],
            **({} if served is None else {"served": served}),
        },
    )
    return row.id


async def _check_helpers(work: Work, staff_ids: Sequence[UUID]) -> None:
    """Whether all of them are posted where the caller keeps skills."""
    scope = work.grants.require(Permission.SKILL_MANAGE)
    if not staff_ids or len(staff_ids) > MOST_NAMED:
        raise InvalidInput(
            f"Name between one and {MOST_NAMED} people.",
            f"人员应为 1 至 {MOST_NAMED} 名。",
            fields=("input.attendeeIds",),
        )
    posts = await work.db.execute(
        select(StaffRow.id, AreaRow.path)
        .join(AssignmentRow, AssignmentRow.staff_id == StaffRow.id)
        .join(AreaRow, AreaRow.id == AssignmentRow.area_id)
        .where(StaffRow.id.in_(staff_ids), StaffRow.active)
    )
    known = {staff_id for staff_id, path in posts if scope.covers(path)}
    if known != set(staff_ids):
        raise no_such_helper()


async def _check_services(work: Work, codes: Sequence[str]) -> list[str]:
    wanted = _named(codes, "input.services")
    if wanted:
        rows = await work.db.scalars(
            select(ServiceItemRow.code).where(ServiceItemRow.code.in_(wanted)).distinct()
        )
        if set(rows) != set(wanted):
            raise no_such_item()
    return wanted


def _named(texts: Sequence[str], field: str) -> list[str]:
    found = sorted({text.strip() for text in texts if text.strip()})
    if len(found) > MOST_NAMED:
        raise InvalidInput(f"Name at most {MOST_NAMED}.", f"最多填写 {MOST_NAMED} 项。", fields=(field,))
    return found
