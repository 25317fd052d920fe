"""Keeping the list of staff: adding people, changing what is known of them, who may do so.

Whoever manages the whole district keeps everybody. An administrator of a part keeps the people whose open
posts all lie in that part (and who have or had one there): nobody gains a hold on an account by giving its
owner a post.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.areas.latch import take_latch
from bangban.features.areas.tables import AreaRow
from bangban.features.people.account_quota import check_account_quota
from bangban.features.people.contacts import KINDS, set_contact
from bangban.features.people.naming import check_login, check_number, check_person_name
from bangban.features.people.problems import LanguageUnknown, LoginTaken, NumberTaken, StaffUnknown
from bangban.features.people.service import LATCH, assign, check_admin_remains, get_staff
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.people.values import StaffSource
from bangban.kernel.access.problems import AreaOutsideGrant
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

LANGUAGES: Final = ("zh-CN", "en")


@dataclass(frozen=True, kw_only=True, slots=True)
class NewStaff:
    """A person to add. ``number`` is what lists know the person by; the login, else the id, if left out."""

    name: str
    login: str | None = None
    number: str | None = None
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    wecom: str | None = field(default=None, repr=False)
    source: StaffSource | None = None
    full_time: bool = True
    language: str = LANGUAGES[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """A role to give at once."""

    role: str
    area_id: UUID
    since: date | None = None
    until: date | None = None
    point_id: UUID | None = None


async def add_staff(work: Work, new: NewStaff, *, post: Post | None = None) -> StaffRow:
    """A person with a first post, which only whoever manages the whole district may leave out.

    Raises ``NameWrong``, ``LoginWrong``, ``LoginTaken``, ``NumberWrong``, ``NumberTaken``, ``InvalidPhone``,
    ``EmailWrong``, ``WeComWrong``, ``LanguageUnknown``, ``AreaOutsideGrant``, ``StaffQuotaFull``, and what
    ``assign`` raises.
    """
    if post is None:
        _require_whole(work)
    else:
        work.grants.require(Permission.STAFF_MANAGE)
    await take_latch(work, LATCH)
    login = check_login(new.login) if new.login else None
    await check_account_quota(work, more=int(login is not None))
    staff_id = new_id()
    number = check_number(new.number) if new.number else None
    row = StaffRow(
        id=staff_id,
        key=number or login or staff_id.hex,
        name=check_person_name(new.name),
        login=login,
        source=new.source and new.source.value,
        full_time=new.full_time,
        language=check_language(new.language),
    )
    await _check_free(work.db, login=login, number=row.key, but=staff_id)
    for kind in KINDS:
        _SETTERS[kind](work, row, getattr(new, kind))
    work.db.add(row)
    await work.db.flush()
    tell(work, row.id, {"added": True})
    if post is not None:
        await assign(
            work,
            staff_id=row.id,
            role=post.role,
            area_id=post.area_id,
            since=post.since,
            until=post.until,
            point_id=post.point_id,
        )
    return row


async def update_staff(work: Work, *, staff_id: UUID, changes: Mapping[str, Any]) -> StaffRow:
    """The person with ``changes`` made: any of name, login, phone, email, wecom, source, full_time, language.

    None takes a login, a contact or a source away. Raises as ``add_staff``, ``StaffUnknown``.
    """
    await take_latch(work, LATCH)
    row = await get_managed_staff(work, staff_id)
    if row.active and row.login is None and changes.get("login"):
        await check_account_quota(work, more=1)
    changed = [name for name, value in changes.items() if _SETTERS[name](work, row, value)]
    if "login" in changed:
        with work.db.no_autoflush:
            await _check_free(work.db, login=row.login, number=None, but=row.id)
    await work.db.flush()
    if changed:
        tell(work, row.id, {"changed": sorted(changed)})
    return row


async def set_active(work: Work, *, staff_id: UUID, active: bool) -> StaffRow:
    """Let an account be used, or no more. What it holds, and its sessions, are the caller's to see to.

    Raises ``StaffUnknown``, ``AreaOutsideGrant``, ``LastAdmin``, ``StaffQuotaFull``.
    """
    await take_latch(work, LATCH)
    row = await get_managed_staff(work, staff_id)
    if row.active == active:
        return row
    if not active:
        await check_admin_remains(work, staff_id=row.id)
    elif row.login is not None:
        await check_account_quota(work, more=1)
    row.active = active
    await work.db.flush()
    tell(work, row.id, {"active": active})
    return row


async def get_managed_staff(work: Work, staff_id: UUID) -> StaffRow:
    """The person, locked, whom the caller keeps. Portals are kept elsewhere.

    Raises ``StaffUnknown``, ``AreaOutsideGrant``, ``Forbidden``.
    """
    scope = work.grants.require(Permission.STAFF_MANAGE)
    row = await get_staff(work.db, staff_id, lock=True)
    if row.portal_origins is not None:
        raise StaffUnknown
    if not scope.whole and row.id not in await managed_among(work, [row.id]):
        raise AreaOutsideGrant(permission=Permission.STAFF_MANAGE)
    return row


async def managed_among(work: Work, staff_ids: list[UUID]) -> set[UUID]:
    """Those of them whom the caller keeps."""
    scope = work.grants.require(Permission.STAFF_MANAGE)
    if scope.whole:
        return set(staff_ids)
    rows = await work.db.execute(
        select(AssignmentRow.staff_id, AssignmentRow.until, AreaRow.path)
        .join(AreaRow, AreaRow.id == AssignmentRow.area_id)
        .where(AssignmentRow.staff_id.in_(staff_ids))
    )
    here: set[UUID] = set()
    elsewhere: set[UUID] = set()
    for staff_id, until, path in rows:
        if scope.covers(path):
            here.add(staff_id)
        elif until is None or until >= work.today:
            elsewhere.add(staff_id)
    return here - elsewhere


def tell(work: Work, staff_id: UUID, details: dict[str, Any]) -> None:
    """Record what was done to a person's entry, and let every process look them up again."""
    work.record(action=Permission.STAFF_MANAGE, object=f"staff:{staff_id}", details=details)
    work.announce("staff.changed", str(staff_id))


def _require_whole(work: Work) -> None:
    if not work.grants.require(Permission.STAFF_MANAGE).whole:
        raise AreaOutsideGrant(permission=Permission.STAFF_MANAGE)


async def _check_free(db: AsyncSession, *, login: str | None, number: str | None, but: UUID) -> None:
    """Under the latch, so that what is free stays so."""
    if login is not None:
        taken = select(StaffRow.id).where(StaffRow.login == login, StaffRow.id != but)
        if await db.scalar(taken) is not None:
            raise LoginTaken(login=login, fields=("input.login",))
    if number is not None:
        taken = select(StaffRow.id).where(StaffRow.key == number, StaffRow.id != but)
        if await db.scalar(taken) is not None:
            raise NumberTaken(number=number, fields=("input.number",))


def check_language(text: str | None) -> str:
    """The language itself. Raises ``LanguageUnknown``."""
    if text not in LANGUAGES:
        raise LanguageUnknown(fields=("input.language",))
    return text


def _put(row: StaffRow, name: str, value: Any) -> bool:
    changed = bool(getattr(row, name) != value)
    setattr(row, name, value)
    return changed


def _contact(kind: str) -> Callable[[Work, StaffRow, Any], bool]:
    return lambda work, row, value: set_contact(
        work.vault, row, kind, KINDS[kind].check(value) if value else None
    )


_SETTERS: Final[Mapping[str, Callable[[Work, StaffRow, Any], bool]]] = {
    "name": lambda _, row, value: _put(row, "name", check_person_name(value or "")),
    "login": lambda _, row, value: _put(row, "login", check_login(value) if value else None),
    **{kind: _contact(kind) for kind in KINDS},
    "source": lambda _, row, value: _put(row, "source", StaffSource(value).value if value else None),
    "full_time": lambda _, row, value: _put(row, "full_time", bool(value)),
    "language": lambda _, row, value: _put(row, "language", check_language(value)),
}
