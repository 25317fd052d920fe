"""Sign-in accounts for the sample districts: passwords made by chance, written to one file, never in the source."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.accounts.credentials import save_password_hash
from bangban.features.accounts.passwords import Passwords, check_password
from bangban.features.accounts.problems import PasswordIsLogin
from bangban.features.accounts.sessions import ENDED_BY_PASSWORD, end_sessions_of_staff
from bangban.features.accounts.tables import CredentialRow, OperatorRow
from bangban.features.demo.account_file import AccountFile, DemoAccount, stamp_of
from bangban.features.districts.platform import platform_work
from bangban.features.people.tables import StaffRow
from bangban.features.profiles.profile import Profile
from bangban.kernel.access.roles import OperatorDuty
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.tenancy import Tenancy

Progress = Callable[[str, int, int], None]
"""Told the district (empty for the platform), how many of its accounts are ready, and of how many."""

OPERATORS: Final = {
    OperatorDuty.SYSTEM: ("operator", "样例系统管理员"),
    OperatorDuty.SECURITY: ("security-operator", "样例安全管理员"),
    OperatorDuty.AUDIT: ("audit-operator", "样例审计管理员"),
}
"""Login and name of the sample operator of each duty."""

PASSWORD_SET: Final = "staff:sample-password"  # noqa: S105 - the trail's word for the act, no password
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are read for one another
_GROUPS, _LENGTH = 4, 5  # 20 letters out of 31: 99 bits
_REQUEST: Final = "demo"
_AT_ONCE: Final = 16  # hashes asked for at the same time; far below what Passwords lets wait


@dataclass(frozen=True, kw_only=True)
class _Stored:
    """An account as the database has it; without a hash nobody can sign in with it yet."""

    id: UUID | None
    password_hash: str | None


@dataclass(frozen=True, kw_only=True)
class _Ready:
    """An account whose password is in force once ``fresh`` is stored; None where it is already."""

    account: DemoAccount
    id: UUID | None
    fresh: str | None
    stamp: str


async def make_accounts(
    tenancy: Tenancy,
    passwords: Passwords,
    *,
    profiles: Sequence[Profile],
    file: Path,
    progress: Progress | None = None,
) -> list[DemoAccount]:
    """Let everybody with ``login`` in the profiles sign in, and an operator of each duty; all are in ``file``.

    What the file says is so afterwards: a password that somebody changed is set again, which ends the
    account's sessions, and where the file is lost everybody gets a new one. What is in force already is
    left alone, and told by its stamp.
    """
    tell = progress or (lambda _district, _done, _total: None)
    kept = AccountFile(file)
    ready = [await _operator(tenancy, passwords, kept, duty) for duty in OperatorDuty]
    tell("", len(ready), len(ready))
    for profile in profiles:
        mine = await _district(tenancy, passwords, kept, profile)
        ready += mine
        tell(profile.slug, len(mine), len(mine))
    accounts = [each.account for each in ready]
    kept.write(accounts, {each.account.key: each.stamp for each in ready})
    return accounts


async def _district(
    tenancy: Tenancy, passwords: Passwords, kept: AccountFile, profile: Profile
) -> list[_Ready]:
    areas = {area.key: area for area in profile.areas}
    wished: list[tuple[str, str, str, str]] = []
    for person in profile.staff:
        if person.login and person.assignments:
            held = person.assignments[0]
            wished.append((person.key, held.role.value, areas[held.area].level.value, areas[held.area].name))
    district = tenancy.registry.get(profile.slug)
    async with platform_work(tenancy, district, request_id=_REQUEST) as work:
        rows = await work.db.execute(
            select(StaffRow.login, StaffRow.id, CredentialRow.password_hash)
            .outerjoin(CredentialRow, CredentialRow.staff_id == StaffRow.id)
            .where(StaffRow.login.in_([login for login, *_ in wished]), StaffRow.active)
        )
        stored = {login: _Stored(id=staff_id, password_hash=found) for login, staff_id, found in rows}
    ready = await _prepared(
        passwords,
        kept,
        [
            (
                DemoAccount(
                    district=profile.slug,
                    login=login,
                    password=kept.passwords.get((profile.slug, login)) or fresh_password(login),
                    role=role,
                    level=level,
                    area=area,
                ),
                stored[login],
            )
            for login, role, level, area in wished
            if login in stored  # others left the district's service since
        ],
    )
    fresh = [each for each in ready if each.fresh is not None]
    if fresh:
        async with platform_work(tenancy, district, request_id=_REQUEST) as work:
            for each in fresh:
                assert each.id is not None  # staff
                assert each.fresh is not None  # filtered above
                await save_password_hash(work, each.id, each.fresh)
                await end_sessions_of_staff(work, each.id, why=ENDED_BY_PASSWORD)
                work.record(action=PASSWORD_SET, object=f"staff:{each.id}")
    return ready


async def _operator(tenancy: Tenancy, passwords: Passwords, kept: AccountFile, duty: OperatorDuty) -> _Ready:
    login, name = OPERATORS[duty]
    async with tenancy.platform() as db:
        row = await db.scalar(select(OperatorRow).where(OperatorRow.login == login))
        stored = _Stored(id=row.id if row else None, password_hash=row.password_hash if row else None)
    account = DemoAccount(
        district=None,
        login=login,
        password=kept.passwords.get(("", login)) or fresh_password(login),
        role=duty.role.value,
        level=None,
        area=None,
    )
    (ready,) = await _prepared(passwords, kept, [(account, stored)])
    if ready.fresh is not None:
        async with tenancy.platform() as db:
            row = await db.scalar(select(OperatorRow).where(OperatorRow.login == login).with_for_update())
            if row is None:
                row = OperatorRow(id=new_id(), login=login, name=name, password_hash=ready.fresh, duty=duty)
                db.add(row)
            row.password_hash = ready.fresh
    return ready


async def _prepared(
    passwords: Passwords, kept: AccountFile, accounts: Iterable[tuple[DemoAccount, _Stored]]
) -> list[_Ready]:
    """Each account with a password in force, or with the hash that makes it so. Hashes in threads."""
    slots = asyncio.Semaphore(_AT_ONCE)

    async def prepare(account: DemoAccount, stored: _Stored) -> _Ready:
        if kept.proves(account.key, stored.password_hash):
            assert stored.password_hash is not None  # what is proved is there
            return _Ready(account=account, id=stored.id, fresh=None, stamp=stamp_of(stored.password_hash))
        async with slots:
            known = account.key in kept.passwords and stored.password_hash is not None
            if known and (await passwords.verify(stored.password_hash, account.password)).right:
                return _Ready(
                    account=account, id=stored.id, fresh=None, stamp=stamp_of(stored.password_hash or "")
                )
            fresh = await passwords.hash(account.password)
        return _Ready(account=account, id=stored.id, fresh=fresh, stamp=stamp_of(fresh))

    return list(await asyncio.gather(*(prepare(*each) for each in accounts)))


def fresh_password(login: str) -> str:
    """A password of four groups of letters, by chance, that may be set for this login."""
    while True:
        password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(_GROUPS))
        try:
            check_password(password, login=login)
        except PasswordIsLogin:
            continue  # it contains the login by chance
        return password
