"""Leads are reminded of entries of the contact book that run out: once before and once after, whatever is repeated."""

from __future__ import annotations

import asyncio
import datetime as dt
from uuid import UUID

from sqlalchemy import select, update
from tests.integration.features.cases.casework import World
from tests.integration.features.supervision.sweeps import day, sweep
from tests.integration.features.supervision.test_telling import Letters

from bangban.features.cards.contact_reminders import ENDING, STALE, handlers
from bangban.features.cards.contacts import Entry, publish_contact
from bangban.features.people.tables import StaffRow, TeamMemberRow, TeamRow
from bangban.features.supervision.sweeping import sweep_district
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.ids import new_id
from bangban.kernel.jobs.deliveries import Delivery
from bangban.kernel.messenger import Template
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.tables import OutboxRow, ProfileRow
from bangban.kernel.tenancy.work import Work

ENTRY = Entry(role="专员", phone="0543-1234567")


def published(world: World, *, now: dt.datetime, entry: Entry = ENTRY) -> UUID:
    """The team's entry, published by the administrator at ``now``; the team is made where there is none."""

    async def make(work: Work) -> UUID:
        found = await work.db.scalar(select(TeamRow.id).where(TeamRow.key == "team"))
        if found is None:
            found = new_id()
            work.db.add(TeamRow(id=found, key="team", name="样本队", kind="TOWN"))
            await work.db.flush()
            people = {each.login: each for each in await work.db.scalars(select(StaffRow))}
            for login, lead in (("helper-a", False), ("dispatcher", True)):
                seat = {"team_id": found, "staff_id": people[login].id, "since": dt.date(2026, 1, 1)}
                work.db.add(TeamMemberRow(id=new_id(), lead=lead, **seat))
            await work.db.flush()
        return await publish_contact(work, team_id=found, entry=entry)

    return world.act("admin", make, now=now)


def announced(world: World) -> list[tuple[str, str]]:
    """What was announced of the contact book, in order: kind and reference."""

    async def find() -> list[tuple[str, str]]:
        role = world.tenancy.names.role(world.district.slug, Wall.WRITE)
        async with world.tenancy.platform() as db:
            rows = await db.scalars(select(OutboxRow).order_by(OutboxRow.id))
            return [
                (row.kind, row.reference) for row in rows if row.author == role and row.kind[:8] == "contact."
            ]

    found: list[tuple[str, str]] = world.run(find())
    return found


def letters_of(world: World, kind: str, reference: str) -> list[tuple[str, Template, str]]:
    """Whom the outbox tells what, at its first try and at its second."""
    sent = []
    for tries in (1, 2):
        letters = Letters()
        delivery = Delivery(
            id=7, kind=kind, reference=reference, district=world.district, at=day(0, world), tries=tries
        )
        world.run(handlers(world.tenancy, letters)[kind](delivery))
        sent.append([(each.to, each.template, each.key) for each in letters.sent])
    assert sent[0] == sent[1], "the same once more, under the same key"
    return sent[0]


def test_a_lead_is_told_once_before_it_ends_and_once_after(world: World) -> None:
    start = day(0, world)
    last = start.date() + dt.timedelta(days=10)
    team = published(world, now=start, entry=Entry(role="专员", phone="0543-1234567", until=last))
    swept = [
        (passed, sweep(world, start + dt.timedelta(days=passed)).contacts)
        for passed in (4, 5, 5, 10, 11, 11, 60)
    ]
    assert [passed for passed, count in swept if count] == [5, 11]
    assert announced(world) == [(ENDING, f"{team} {last}"), (STALE, f"{team} {last}")]
    ((to, template, _),) = letters_of(world, STALE, f"{team} {last}")
    assert (to, template) == ("staff:dispatcher", Template.CONTACT_STALE)
    assert letters_of(world, ENDING, f"{team} {last}") == [], "it is over by now: one message"
    told = world.rows(AuditEntryRow, AuditEntryRow.action == "contact:remind")
    assert [each.details for each in told] == [{"ENDING": 1}, {"STALE": 1}]

    async def leave(work: Work) -> None:
        await work.db.execute(update(TeamMemberRow).values(lead=False))

    world.act("admin", leave, now=start)
    assert letters_of(world, STALE, f"{team} {last}") == [], "nobody leads it any more"


def test_nobody_is_told_of_a_team_that_is_over(world: World) -> None:
    start = day(0, world)
    published(world, now=start)

    async def end(work: Work) -> None:
        await work.db.execute(update(TeamRow).values(until=work.today + dt.timedelta(days=30)))

    world.act("admin", end, now=start)
    told = {passed: sweep(world, start + dt.timedelta(days=passed)).contacts for passed in (30, 31, 40)}
    assert told == {30: 1, 31: 0, 40: 0}, "the last day, and the days after it"


def test_whoever_published_it_anew_meanwhile_is_told_nothing(world: World) -> None:
    start = day(0, world)
    team = published(world, now=start)
    soon = start + dt.timedelta(days=27)
    assert sweep(world, soon).contacts == 1
    ((kind, reference),) = announced(world)
    ((to, template, _),) = letters_of(world, kind, reference)
    assert (to, template) == ("staff:dispatcher", Template.CONTACT_ENDING)
    assert published(world, now=soon + dt.timedelta(hours=1)) == team
    assert letters_of(world, kind, reference) == []
    for passed in (28, 32, 40):
        assert sweep(world, start + dt.timedelta(days=passed)).contacts == 0
    assert sweep(world, soon + dt.timedelta(days=32)).contacts == 1, "a month later it is over again"
    published(world, now=soon + dt.timedelta(days=33), entry=Entry(role=None))
    assert letters_of(world, *announced(world)[-1]) == [], "taken out of the book"
    assert sweep(world, soon + dt.timedelta(days=90)).contacts == 0


def test_the_district_says_how_early_and_two_sweeps_at_once_tell_it_once(world: World) -> None:
    start = day(0, world)
    published(world, now=start)

    async def decide(work: Work) -> None:
        said = {"contacts": {"contact_days": 10, "remind_days": 2}}
        await work.db.execute(update(ProfileRow).values(settings=ProfileRow.settings.op("||")(said)))

    async def thrice(passed: int) -> int:
        now = start + dt.timedelta(days=passed)
        sweeps = (sweep_district(world.tenancy, world.district, now=now) for _ in range(3))
        return sum(each.contacts for each in await asyncio.gather(*sweeps))

    world.act("admin", decide, now=start)
    world.tenancy.forget(world.district.slug)
    told = {passed: world.run(thrice(passed)) for passed in (7, 8, 11)}
    assert told == {7: 0, 8: 1, 11: 1}
    assert len(announced(world)) == 2
