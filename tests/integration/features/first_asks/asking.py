"""What tests of first-asked records do to get one, to pass it on, and to see who is told."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from tests.integration.features.cases.casework import MONDAY, World
from tests.letters import Letters

from bangban.features.first_asks import service
from bangban.features.first_asks.messages import handlers
from bangban.features.first_asks.tables import FirstAskRow, FirstAskTransferRow
from bangban.features.first_asks.values import AskChannel
from bangban.kernel.jobs.deliveries import Delivery
from bangban.kernel.messenger import Message, Template


def asked(world: World, who: str = "clerk-a", *, area: str = "town-a", **how: Any) -> str:
    """The number of a fresh record."""
    given = {"channel": AskChannel.CALL, "matter": "办美容店还需要什么证", "within_duty": False, **how}
    ask_id = world.act(who, service.record_first_ask, area_id=world.areas[area].id, **given)
    return row_of(world, FirstAskRow.id == ask_id).number


def row_of(world: World, where: Any) -> FirstAskRow:
    return world.rows(FirstAskRow, where)[0]


def ask_of(world: World, number: str) -> FirstAskRow:
    return row_of(world, FirstAskRow.number == number)


def passed(world: World, number: str, who: str, to: str) -> UUID:
    """Passed on by one to another: the transfer's id."""
    to_id = world.people[to].id
    world.act(who, service.transfer_first_ask, number=number, to_staff_id=to_id, reason="不属本窗口职责")
    found = world.rows(
        FirstAskTransferRow,
        FirstAskTransferRow.first_ask_id == ask_of(world, number).id,
        FirstAskTransferRow.taken_at.is_(None),
        FirstAskTransferRow.returned_at.is_(None),
    )
    return found[0].id


def letters_of(world: World, reference: UUID, kind: str, *, at: dt.datetime = MONDAY) -> list[Message]:
    """The messages that the outbox's handler of ``kind`` sends about something."""
    letters = Letters()
    delivery = Delivery(id=1, kind=kind, reference=str(reference), district=world.district, at=at, tries=1)
    world.run(handlers(world.tenancy, letters)[kind](delivery))
    return letters.sent


def told_of(world: World, reference: UUID, kind: str) -> list[tuple[str, Template]]:
    """The same: who is told, and of what."""
    return [(each.to, each.template) for each in letters_of(world, reference, kind)]
