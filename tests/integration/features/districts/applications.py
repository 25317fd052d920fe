"""What tests of applications to join need: an application, its code, its tasks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from bangban.features.districts.applying import Applied
from bangban.features.districts.rules import Application, Approval, Terms
from bangban.features.districts.service import hash_ticket
from bangban.features.districts.tables import OnboardingRow
from bangban.features.districts.verifying import own_row, resend_in, verify_in
from bangban.kernel.jobs.tables import TaskRow
from bangban.kernel.levels import AreaLevel
from bangban.kernel.messenger.message import Message
from bangban.kernel.tenancy.tenancy import Tenancy

Run = Callable[[Any], Any]

TENANTS = Path(__file__).parents[4] / "tenants"
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
FREE, WAITING = Terms(), Terms(approval=Approval(required=True))
OPERATOR = "operator:00000000-0000-7000-8000-000000000001"


class Outbox:
    """Keeps messages, or refuses them."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.broken = False

    async def send(self, message: Message) -> None:
        if self.broken:
            raise OSError("the disk is full")
        self.sent.append(message)


def application(**changes: Any) -> Application:
    number = uuid4().int % 100_000_000
    good = Application(
        slug=f"a{uuid4().hex[:10]}",
        name="样例区",
        contact_name="样例人",
        contact_phone=f"139{number:08}",
        contact_email="contact@example.org",
        admin_login="sample.admin",
        levels=(AreaLevel.COUNTY, AreaLevel.TOWN),
    )
    return replace(good, **changes)


def code_of(message: Message) -> str:
    (code,) = re.findall(r"[0-9]{6}", message.text.replace(message.to, "").partition("验证码")[2])
    return str(code)


async def broken(*_: Any) -> int:
    raise ValueError("张三 13812345678")


async def decide(tenancy: Tenancy, how: Any, onboarding_id: UUID, **more: Any) -> Any:
    async with tenancy.platform() as db:
        return await how(db, tenancy, onboarding_id, actor=OPERATOR, now=datetime.now(UTC), **more)


async def tasks_of(tenancy: Tenancy, slug: str) -> list[TaskRow]:
    async with tenancy.platform() as db:
        rows = await db.scalars(select(TaskRow).where(TaskRow.district == slug).order_by(TaskRow.asked_at))
        return list(rows)


async def verified(
    tenancy: Tenancy, applied: Applied, code: str, terms: Terms = FREE, now: datetime | None = None
) -> Any:
    """The row once the code was right, else None."""
    async with tenancy.platform() as db:
        row = await own_row(db, applied.row.id, hash_ticket(applied.ticket))
        right = await verify_in(db, tenancy, row, code, terms=terms, now=now or applied.row.applied_at)
        return row if right else None


def resend(run: Run, tenancy: Tenancy, applied: Applied, now: datetime) -> Message:
    async def send() -> Message:
        async with tenancy.platform() as db:
            row = await own_row(db, applied.row.id, hash_ticket(applied.ticket))
            return await resend_in(db, tenancy, row, terms=FREE, now=now)

    message: Message = run(send())
    return message


async def find_onboarding(tenancy: Tenancy, onboarding_id: UUID) -> OnboardingRow:
    """The row of an application."""
    async with tenancy.platform() as db:
        return await db.get_one(OnboardingRow, onboarding_id)
