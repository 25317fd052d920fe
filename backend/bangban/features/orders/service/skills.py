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
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.orders.problems import HelpsNobody, VolunteerHoldsOrders, no_such_helper, no_such_item
from bangban.features.orders.tables import HelperSkillRow, OrderRow
from bangban.features.orders.values import HELD
from bangban.features.people.tables import AssignmentRow, StaffRow, TrainingRow
from bangban.features.people.training import TrainingKind, check_passed, check_served
from bangban.kernel.access.roles import Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers.names import shown_name
from bangban.kernel.ids import new_id
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work

LONGEST_TITLE: Final = 200
MOST_NAMED: Final = 500
"""Themes, items or people in one list."""

# Orders are taken by helpers; at a desk, and on call, others help as well, and the cover of a day counts their skills.
_HELPING: Final = (Permission.ORDER_CLAIM, Permission.ASKING_RECORD, Permission.HALL_GREET)

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

    The first approval stays with its day and whoever gave it until it is taken back: of two at once the second sees
    what the first one said, also where nothing had been said before.

    Raises:
        Forbidden, NotFound: Nobody of whom the caller may say so; or an item that does not exist.
        HelpsNobody: The policy lets the person help with nothing, at none of their posts.
        VolunteerHoldsOrders: Their approval is taken back while they have orders in hand.
        InvalidInput: A list is too long.
    """
    posts = await _check_helpers(work, [staff_id], hold=True)
    if not any(posts & set(work.policy.posts_that_may(each)) for each in _HELPING):
        raise HelpsNobody
    services = await _check_services(work, skills.services)
    themes = _named(skills.themes, "input.themes")
    before = await work.db.get(HelperSkillRow, staff_id)
    approved_at = before.approved_at if before is not None else None
    approved_by = before.approved_by if before is not None else None
    if approved_at is not None and not skills.approved:
        await _require_empty_hands(work, staff_id, posts)
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


async def _require_empty_hands(work: Work, staff_id: UUID, posts: Collection[str]) -> None:
    """That somebody who takes orders as a volunteer alone has none; nobody gives them any meanwhile (``claimant``)."""
    claiming = {post for post in posts if post in work.policy.posts_that_may(Permission.ORDER_CLAIM)}
    if any(post.partition(" ")[0] != Role.VOLUNTEER for post in claiming):
        return
    held = select(OrderRow.number).where(OrderRow.holder_id == staff_id, OrderRow.state.in_(sorted(HELD)))
    if numbers := list(await work.db.scalars(held.order_by(OrderRow.number))):
        raise VolunteerHoldsOrders(numbers)


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
    passed: Collection[UUID] | None = None,
) -> UUID:
    """Keep that a training was held, on which items and with whom; or a coaching, by whom and of how many. Its id.

    ``passed`` are those who passed its test, None where it had none: the others are not trained by it.

    Raises:
        Forbidden, NotFound: Somebody of whom the caller may not say so; or an item that does not exist.
        InvalidInput: No title, trainer or attendee; a day to come; a list that is too long; or as
            ``check_served`` and ``check_passed``.
    """
    check_served(kind, served)
    check_passed(kind, passed, attendees)
    name, by = title.strip(), trainer.strip()
    if not all(shown_name(each) and len(each) <= LONGEST_TITLE for each in (name, by)):
        raise InvalidInput(
            f"A training has a title and a trainer, of at most {LONGEST_TITLE} characters.",
            f"请填写培训名称和讲师,不超过 {LONGEST_TITLE} 个字。",
            fields=("input.title", "input.trainer"),
        )
    if held_on > work.today:
        raise InvalidInput("This day is still to come.", "培训日期不能晚于今天。", fields=("input.heldOn",))
    people = sorted(set(attendees))
    await _check_helpers(work, people, field="input.attendeeIds")
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
        passed=None if passed is None else sorted(set(passed)),
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
            **({} if row.passed is None else {"passed": [str(each) for each in row.passed]}),
        },
    )
    return row.id


async def _check_helpers(
    work: Work, staff_ids: Sequence[UUID], *, field: str = "input.staffId", hold: bool = False
) -> set[str]:
    """The posts, as ``role LEVEL``, of people who are all posted where the caller keeps skills.

    ``field`` names them. ``hold``: nobody else says so meanwhile.
    """
    scope = work.grants.require(Permission.SKILL_MANAGE)
    if not staff_ids or len(staff_ids) > MOST_NAMED:
        raise InvalidInput(
            f"Name between one and {MOST_NAMED} people.",
            f"人员应为 1 至 {MOST_NAMED} 名。",
            fields=("input.attendeeIds",),
        )
    found = (
        select(StaffRow.id, AreaRow.path, AssignmentRow.role, AreaRow.level, AssignmentRow.until)
        .join(AssignmentRow, AssignmentRow.staff_id == StaffRow.id)
        .join(AreaRow, AreaRow.id == AssignmentRow.area_id)
        .where(StaffRow.id.in_(staff_ids), StaffRow.active)
    )
    if hold:
        found = found.with_for_update(of=StaffRow.__table__, key_share=True)
    posts = (await work.db.execute(found)).all()
    if {each.id for each in posts if scope.covers(each.path)} != set(staff_ids):
        raise no_such_helper(field)
    return {f"{each.role} {each.level}" for each in posts if each.until is None or each.until >= work.today}


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
