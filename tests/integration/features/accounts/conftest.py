"""A sign-in desk on a real database, a district with people in it, and what was sent to whom."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from tests.passwords import set_password

from bangban.features.accounts import service
from bangban.features.accounts.desk import Desk, SignedIn
from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.areas.tables import AreaRow
from bangban.features.areas.values import AreaKind
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.access.principals import Principal
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.messenger.message import Message
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import OutboxRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.settings import Settings

# 10:00 in the district, a Monday.
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PASSWORD = "河边的柳树发芽了2026"
CHEAP = Cost(passes=1, memory_kib=8, lanes=1)


@dataclass
class Sent:
    """A messenger that keeps what it was given."""

    messages: list[Message] = field(default_factory=list)

    async def send(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def code(self) -> str:
        """The digits of the newest code."""
        found = re.search(r"[0-9]{6}", self.messages[-1].text)
        assert found is not None
        return found.group()


@dataclass
class Town:
    """A district with the people that a test puts in it. Every method takes the moment it happens at."""

    run: Callable[[Any], Any]
    desk: Desk
    district: District
    sent: Sent
    root: UUID
    password: str = PASSWORD

    def hire(
        self,
        login: str,
        *roles: str,
        active: bool = True,
        since: date = date(2026, 1, 1),
        until: date | None = None,
        password: str = PASSWORD,
    ) -> UUID:
        """An account with these roles at the county."""

        async def hired() -> UUID:
            async with self.write() as work:
                staff = StaffRow(id=new_id(), key=login, name=f"样例{login}", login=login, active=active)
                work.db.add(staff)
                await work.db.flush()
                work.db.add_all(
                    AssignmentRow(
                        id=new_id(), staff_id=staff.id, role=role, area_id=self.root, since=since, until=until
                    )
                    for role in roles
                )
                await set_password(work, passwords=self.desk.passwords, staff_id=staff.id, password=password)
            return staff.id

        staff_id: UUID = self.run(hired())
        return staff_id

    def write(self, now: datetime = NOW) -> Any:
        """A transaction of the district."""
        return self.desk.tenancy.write(
            self.district, Principal.anonymous(district=self.district.slug), now=now
        )

    def sign_in(self, login: str, password: str = PASSWORD, *, now: datetime = NOW) -> SignedIn:
        signed: SignedIn = self.run(
            service.sign_in(self.desk, district=self.district, login=login, password=password, now=now)
        )
        return signed

    def refresh(self, token: str, *, now: datetime = NOW) -> SignedIn:
        signed: SignedIn = self.run(service.refresh_session(self.desk, refresh_token=token, now=now))
        return signed

    def sign_out(self, principal: Principal, *, now: datetime = NOW) -> bool:
        done: bool = self.run(service.sign_out(self.desk, principal, district=self.district, now=now))
        return done

    def ask_for_code(self, phone: str, *, now: datetime = NOW) -> bool:
        asked: bool = self.run(
            service.request_sign_in_code(self.desk, district=self.district, phone=phone, now=now)
        )
        return asked

    def use_code(self, phone: str, code: str, *, now: datetime = NOW) -> SignedIn:
        signed: SignedIn = self.run(
            service.sign_in_with_code(self.desk, district=self.district, phone=phone, code=code, now=now)
        )
        return signed

    def bearer(self, signed: SignedIn, *, now: datetime = NOW, desk: Desk | None = None) -> Principal:
        """Who the access token's bearer is to a process, or the refusal."""
        at = desk or self.desk
        claims = at.verifier.verify(signed.access_token, now=now)
        principal: Principal = self.run(at.principals.load(self.district, claims, now=now))
        return principal

    def change_staff(self, staff_id: UUID, **values: Any) -> None:
        async def changed() -> None:
            async with self.write() as work:
                await work.db.execute(update(StaffRow).where(StaffRow.id == staff_id).values(**values))

        self.run(changed())

    def rows(self, statement: Any) -> list[Any]:
        """What a statement finds, as rows."""

        async def found() -> list[Any]:
            async with self.write() as work:
                return list((await work.db.execute(statement)).all())

        rows: list[Any] = self.run(found())
        return rows

    def trail(self) -> list[tuple[str, str, str, str | None]]:
        """Actor, action, object and why it was refused, in the order written."""
        rows = self.rows(
            select(
                AuditEntryRow.actor, AuditEntryRow.action, AuditEntryRow.object, AuditEntryRow.details
            ).order_by(AuditEntryRow.seq)
        )
        return [(actor, action, of, details.get("refused")) for actor, action, of, details in rows]

    def announced(self, kind: str) -> list[str]:
        """References of the outbox rows of one kind."""

        async def found() -> list[str]:
            async with self.desk.tenancy.platform() as db:
                return list(await db.scalars(select(OutboxRow.reference).where(OutboxRow.kind == kind)))

        references: list[str] = self.run(found())
        return references


@pytest.fixture(scope="session")
def passwords() -> Iterator[Passwords]:
    """Real argon2, at the least cost it allows."""
    made = Passwords(cost=CHEAP)
    yield made
    made.close()


@pytest.fixture
def sent() -> Sent:
    """What was sent."""
    return Sent()


@pytest.fixture
def new_desk(tenancy: Tenancy, passwords: Passwords, sent: Sent) -> Callable[[], Desk]:
    """Makes a desk with nothing remembered, as another process would have it."""

    def make() -> Desk:
        settings = Settings(access_token_seconds=600, refresh_token_days=14, sign_in_code_seconds=300)
        return Desk.of(tenancy, settings=settings, messenger=sent, passwords=passwords)

    return make


@pytest.fixture
def desk(new_desk: Callable[[], Desk]) -> Desk:
    """The desk of this process."""
    return new_desk()


@pytest.fixture
def town(run: Callable[[Any], Any], desk: Desk, district: District, sent: Sent) -> Town:
    """A fresh district with its root area and nobody in it."""
    root = new_id()
    made = Town(run=run, desk=desk, district=district, sent=sent, root=root)

    async def rooted() -> None:
        async with made.write() as work:
            work.db.add(
                AreaRow(
                    id=root,
                    key="root",
                    name="测试区",
                    full_name="测试区",
                    level=AreaLevel.COUNTY,
                    kind=AreaKind.COUNTY,
                    path=root.hex,
                )
            )

    run(rooted())
    return made


@pytest.fixture
def now() -> datetime:
    """The moment a test begins at."""
    return NOW


@pytest.fixture
def signed(town: Any, now: datetime) -> SignedIn:
    """A clerk who has just signed in."""
    town.hire("clerk", "window-clerk")
    entered: SignedIn = town.sign_in("clerk", now=now)
    return entered
