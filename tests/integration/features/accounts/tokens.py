"""Tokens of invitations and resets: given, and used."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangban.features.accounts.invitations import (
    invite_staff,
)
from bangban.features.people.contacts import set_contact
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id

TOKEN = re.compile(r"\S+\.[a-z2-9]{5}(?:-[a-z2-9]{5}){4}")


def enter(town: Any, key: str, *, role: str = "helper", phone: int | None = 1, **values: Any) -> UUID:
    """Somebody in the list, without a password."""

    async def entered() -> UUID:
        async with town.write() as work:
            facts = {"login": key, **values}
            staff = StaffRow(id=new_id(), key=key, name="样本人", **facts)
            if phone is not None:
                set_contact(work.vault, staff, "phone", sample_phone(phone))
            work.db.add(staff)
            await work.db.flush()
            work.db.add(
                AssignmentRow(
                    id=new_id(), staff_id=staff.id, role=role, area_id=town.root, since=date(2026, 1, 1)
                )
            )
        return staff.id

    staff_id: UUID = town.run(entered())
    return staff_id


def token_for(town: Any, staff_id: UUID, *, now: datetime, give: Any = invite_staff) -> str:
    async def given() -> Any:
        async with town.write(now) as work:
            return await give(work, staff_id)

    message = town.run(given())
    found = TOKEN.search(message.text)
    assert found is not None
    return found[0]
