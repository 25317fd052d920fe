"""Taking staff over from a list, in one transaction: seen first, then applied whole or not at all. Idempotent.

Nobody is removed, deactivated or moved because a list does not name them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Table, Text, Uuid, any_, bindparam, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.areas.latch import take_latch
from bangban.features.areas.tables import AreaRow
from bangban.features.files.problems import ImportRefused
from bangban.features.people.account_quota import check_account_quota
from bangban.features.people.keeping import managed_among
from bangban.features.people.periods import Counts, write_periods
from bangban.features.people.places import load_places, load_points
from bangban.features.people.problems import LastAdmin
from bangban.features.people.rules import Held
from bangban.features.people.service import LATCH
from bangban.features.people.staff_plan import Difference, StaffPlan, Stored, Team
from bangban.features.people.staff_planner import Planner
from bangban.features.people.staff_posts import StaffPosts
from bangban.features.people.staff_sheet import PersonLines, read_staff
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow, TeamRow
from bangban.features.people.team_ends import not_over
from bangban.kernel.access.roles import Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.sheets import LineFault, Sheet
from bangban.kernel.tenancy.quotas import check_storage
from bangban.kernel.tenancy.work import Work

_WRITTEN: Final = (
    "key",
    "name",
    "login",
    "source",
    "full_time",
    "phone_sealed",
    "phone_masked",
    "email_sealed",
    "email_masked",
    "wecom_sealed",
    "wecom_masked",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffImported:
    """What an import did, or would do. ``staff_ids`` are of everybody added; empty where nothing was written."""

    applied: bool
    staff: Counts
    assignments: Counts
    memberships: Counts
    differences: Sequence[Difference]
    faults: Sequence[LineFault]
    staff_ids: Sequence[UUID] = ()
    ending: Sequence[UUID] = ()  # whose posts it ended, as of today at the latest

    @property
    def changed_anything(self) -> bool:
        return any(each.created or each.changed for each in (self.staff, self.assignments, self.memberships))


async def import_staff(work: Work, sheet: Sheet, *, apply: bool) -> StaffImported:
    """Work out what the list changes, and with ``apply`` make it so.

    Raises ``ImportRefused`` with every fault where a list at fault is applied; ``Forbidden``; ``StaffQuotaFull``
    where a list without faults has too many accounts, also when it is only looked at; ``StorageFull``.
    """
    scope = work.grants.require(Permission.STAFF_MANAGE)
    await take_latch(work, LATCH)
    named = select(StaffRow.id, StaffRow.login, StaffRow.key).where(StaffRow.login.is_not(None))
    logins = (await work.db.execute(named)).all()
    numbers = {str(row.login): row.key for row in logins}
    listed = read_staff(sheet, numbers)
    stored = await _stored(work, listed.people)
    plan = StaffPlan(sheet=sheet, faults=list(listed.faults))
    posts = StaffPosts(plan=plan, stored=stored, scope=scope, levels=work.district.levels, today=work.today)
    planner = Planner(stored=stored, scope=scope, vault=work.vault, plan=plan, posts=posts)
    for number, person in listed.people.items():
        planner.person(number, person)
    await _check_admins(work, plan)
    faults = sorted(set(plan.faults), key=lambda each: (each.line, each.column or "", each.en))
    if apply and faults:
        raise ImportRefused(faults)
    if not faults:
        had = {row.id for row in logins}
        gaining = [row for row in (*plan.added, *plan.changed) if row.active and row.login]
        await check_account_quota(work, more=sum(row.id not in had for row in gaining))
    if apply:
        check_storage(work.district.quotas, work.district.storage_bytes)
        await _write(work, plan)
    done = StaffImported(
        applied=apply,
        staff=Counts(created=len(plan.added), changed=len(plan.changed), unchanged=plan.unchanged),
        assignments=_counts(plan.posts.created, plan.posts.changed, plan.posts.unchanged),
        memberships=_counts(plan.memberships.created, plan.memberships.changed, plan.memberships.unchanged),
        differences=sorted(plan.differences, key=lambda each: (each.line, each.field, each.after)),
        faults=faults,
        staff_ids=tuple(row.id for row in plan.added) if apply else (),
        ending=_ending(plan.posts.changed, work) if apply else (),
    )
    if apply and done.changed_anything:
        counts = {name: asdict(getattr(done, name)) for name in ("staff", "assignments", "memberships")}
        work.record(action=Permission.STAFF_MANAGE, object="staff:import", details=counts)
        work.announce("staff.changed", "")
    return done


def _ending(changed: Sequence[Held], work: Work) -> tuple[UUID, ...]:
    return tuple(
        {UUID(str(each.what[0])) for each in changed if each.until is not None and each.until <= work.today}
    )


def _counts(created: list[Held], changed: list[Held], unchanged: int) -> Counts:
    return Counts(created=len(created), changed=len(changed), unchanged=unchanged)


async def _stored(work: Work, people: Mapping[str, PersonLines]) -> Stored:
    db = work.db
    logins = [each.facts["login"] for each in people.values() if "login" in each.facts]
    named = or_(StaffRow.key == _any_text(list(people)), StaffRow.login == _any_text(logins))
    rows = (await db.scalars(select(StaffRow).where(named))).all()
    for row in rows:
        db.expunge(row)  # what is planned on them is written here and nowhere else
    ids = [row.id for row in rows]
    of_them = literal(ids, ARRAY(Uuid()))
    posts: dict[UUID, list[Held]] = {}
    paths: dict[UUID, str] = {}
    held = select(AssignmentRow, AreaRow.path).join(AreaRow, AreaRow.id == AssignmentRow.area_id)
    for post, path in await db.execute(held.where(AssignmentRow.staff_id == any_(of_them))):
        paths[post.area_id] = path
        what = (post.staff_id, post.role, post.area_id)
        posts.setdefault(post.staff_id, []).append(
            Held(id=post.id, what=what, since=post.since, until=post.until, point_id=post.point_id)
        )
    keys = {post.point for each in people.values() for post in each.posts if post.point is not None}
    at = {each.point_id for held in posts.values() for each in held if each.point_id is not None}
    memberships: dict[UUID, list[Held]] = {}
    for member in await db.scalars(select(TeamMemberRow).where(TeamMemberRow.staff_id == any_(of_them))):
        memberships.setdefault(member.staff_id, []).append(
            Held(
                id=member.id,
                what=(member.team_id, member.staff_id),
                since=member.since,
                until=member.until,
            )
        )
    teams = await db.execute(
        select(TeamRow.id, TeamRow.key, TeamRow.name, AreaRow.path, TeamRow.until)
        .outerjoin(AreaRow, AreaRow.id == TeamRow.area_id)
        .where(not_over(TeamRow, work.today))
    )
    return Stored(
        staff={row.key: row for row in rows},
        logins={row.login: row for row in rows if row.login is not None},
        managed=frozenset(await managed_among(work, ids)),
        posts=posts,
        memberships=memberships,
        paths=paths,
        places=await load_places(db),
        points=await load_points(db, keys, at) if keys or at else (),
        teams=[Team(*row) for row in teams],
    )


def _any_text(values: list[str]) -> Any:
    return any_(literal(values, ARRAY(Text())))


async def _check_admins(work: Work, plan: StaffPlan) -> None:
    """A list may give administrators an end, but not the last of them."""
    ending = {each.id: each for each in plan.posts.changed if each.what[1] == Role.ADMIN and each.until}
    if not ending:
        return
    admins = await _lasting_admins(work.db)
    root = set(await work.db.scalars(select(AreaRow.id).where(AreaRow.parent_id.is_(None))))
    gained = [
        each
        for each in (*plan.posts.created, *plan.posts.changed)
        if each.what[1] == Role.ADMIN and each.what[2] in root and each.until is None
    ]
    if admins and not gained and not admins - ending.keys():
        last = LastAdmin()
        numbers = [int(each.label) for each in ending.values() if each.id in admins]
        for line in plan.sheet.lines:
            if line.number in numbers:
                plan.say(line, "until", last.message("zh"), last.message("en"))


async def _lasting_admins(db: AsyncSession) -> set[UUID]:
    """The posts of the district's administrators that have no end."""
    rows = await db.scalars(
        select(AssignmentRow.id)
        .join(AreaRow, AreaRow.id == AssignmentRow.area_id)
        .join(StaffRow, StaffRow.id == AssignmentRow.staff_id)
        .where(
            AssignmentRow.role == Role.ADMIN,
            AreaRow.parent_id.is_(None),
            AssignmentRow.until.is_(None),
            StaffRow.active,
        )
    )
    return set(rows)


async def _write(work: Work, plan: StaffPlan) -> None:
    table = cast("Table", StaffRow.__table__)
    if plan.added:
        names = ("id", *_WRITTEN, "language", "active")
        await work.db.execute(
            insert(table), [{name: getattr(row, name) for name in names} for row in plan.added]
        )
    if plan.changed:
        change = update(table).where(table.c.id == bindparam("this"))
        await work.db.execute(
            change.values({name: bindparam(f"new_{name}") for name in _WRITTEN}),
            [
                {"this": row.id, **{f"new_{name}": getattr(row, name) for name in _WRITTEN}}
                for row in plan.changed
            ],
        )
    await write_periods(
        work.db, AssignmentRow, plan.posts, ("staff_id", "role", "area_id"), ("since", "until", "point_id")
    )
    await write_periods(
        work.db,
        TeamMemberRow,
        plan.memberships,
        ("team_id", "staff_id"),
        ("since", "until", "lead", "full_time"),
    )
