"""Sealing misses nothing, whoever writes, rolls back or seals at the same time, and holds nobody up."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bangban.kernel.audit import sealing
from bangban.kernel.audit.sealing import Sealed
from bangban.kernel.tenancy.limits import Limits
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.tenancy import Tenancy

WRITERS = 20


@pytest.fixture
def busy(trail, run):
    """The same trail, with a connection for every writer."""
    limits = Limits(write_connections=WRITERS + 4)
    tenancy = run(
        Tenancy.open(
            trail.installation.application, names=trail.tenancy.names, ring=trail.tenancy.ring, limits=limits
        )
    )
    yield type(trail)(tenancy, trail.installation, trail.district)
    run(tenancy.close())


def roll_back():
    raise InterruptedError


async def one_writer(trail, index, chance, enough):
    """Transactions of which a third are rolled back after they took their numbers, some of them late."""
    kept = turn = 0
    while not enough.is_set():
        turn += 1
        fails = chance.random() < 1 / 3
        try:
            async with trail.numbered(f"case:{index}-{turn}"):
                for _ in range(chance.choice((0, 1, 3, 90))):
                    await asyncio.sleep(0)
                if fails:
                    roll_back()
            kept += 1
        except InterruptedError:
            pass
    return kept


async def seal_among_writers(trail, writers):
    """Seal until three runs found something to seal; how many entries were kept, and what each run said."""
    chance, enough = random.Random(20261121), asyncio.Event()
    writing = asyncio.gather(*(one_writer(trail, index, chance, enough) for index in range(writers)))
    runs, between = [], []
    try:
        while sum(each.entries > 0 for each in runs) < 3:
            runs.append(await trail.seal(batch=25, patience_ms=400))
            between.append(await trail.verify())
    finally:
        enough.set()
        kept = await writing
    runs.append(await trail.seal(batch=25))
    return sum(kept), runs, between


def test_nothing_is_missed_while_twenty_write_and_roll_back(run, busy):
    kept, runs, between = run(seal_among_writers(busy, WRITERS))
    report = run(busy.verify())
    assert report.sound
    assert report.entries == kept == sum(each.entries for each in runs)
    assert report.seals == sum(each.seals for each in runs)
    assert report.tail_entries == 0
    assert [each.findings for each in between if not each.sound] == []


def test_a_lower_number_that_is_still_on_its_way_is_waited_for(run, trail):
    async def scene():
        async with trail.numbered("case:slow"):
            await trail.write(3, prefix="case:fast")
            during = await trail.seal()
            seen = await trail.verify()
        return during, seen, await trail.seal(), await trail.verify()

    during, seen, after, report = run(scene())
    assert during == Sealed(0, 0, settled=False)
    assert (seen.sound, seen.tail_entries) == (True, 3)
    assert after == Sealed(1, 4)
    assert report.sound


def test_a_sealer_that_has_to_wait_lets_new_writers_through(run, trail, monkeypatch):
    """Whenever it pauses somebody writes, and while it queues as well."""
    written = []

    async def write_instead(seconds):
        await trail.write(1)
        written.append(seconds)

    monkeypatch.setattr(sealing, "asyncio", SimpleNamespace(sleep=write_instead))

    async def scene():
        async with trail.numbered("case:slow"):
            await trail.write(1)
            trying = asyncio.ensure_future(trail.seal())
            while not trying.done():
                async with asyncio.timeout(60):
                    await trail.write(1)
            return await trying

    outcome = run(scene())
    assert not outcome.settled
    assert len(written) > 5


def test_of_several_sealers_at_once_one_makes_each_seal(run, trail):
    async def scene():
        await trail.write(45)
        runs = await asyncio.gather(*(trail.seal(batch=10) for _ in range(4)))
        return runs, await trail.seal(), await trail.verify()

    runs, again, report = run(scene())
    assert report.sound
    assert (report.seals, report.entries) == (5, 45)
    assert sum(each.entries for each in runs) + again.entries == 45


def test_a_seal_is_bounded_and_the_rest_gets_its_own(run, trail):
    async def scene():
        await trail.write(25)
        first = await trail.seal(batch=10)
        ranges = await trail.superuser(
            "SELECT array_agg(ARRAY[number, first_seq, last_seq, entries] ORDER BY number) FROM audit_seal"
        )
        return first, ranges, await trail.seal()

    first, ranges, again = run(scene())
    assert first == Sealed(3, 25)
    assert ranges == [[1, 1, 10, 10], [2, 11, 20, 10], [3, 21, 25, 5]]
    assert again == Sealed(0, 0)


def test_a_seal_longer_than_a_page_is_verified(run, trail):
    async def scene():
        await trail.write(1_203)
        return await trail.seal(), await trail.verify()

    outcome, report = run(scene())
    assert outcome == Sealed(1, 1_203)
    assert report.sound
    assert report.entries == 1_203


def test_the_time_of_a_seal_is_the_transactions(run, trail):
    now = datetime(2026, 11, 20, 1, 2, 3, 456789, tzinfo=UTC)
    run(trail.write(1))
    run(trail.seal(now=now))
    assert run(trail.superuser("SELECT sealed_at FROM audit_seal")) == now


@pytest.mark.parametrize("wall", list(Wall))
@pytest.mark.parametrize("table", ["audit_entry", "audit_seal"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = 1", "DELETE FROM {}", "TRUNCATE {}"])
def test_no_role_of_a_district_can_change_its_trail(run, sealed, wall, table, statement):
    name = f"{sealed.district.schema}.{table}"
    column = "number" if table == "audit_seal" else "seq"
    role = sealed.tenancy.names.role(sealed.district.slug, wall)

    async def attempt():
        async with sealed.tenancy._session(role, sealed.district.schema) as db:
            await db.execute(text(statement.format(name, column)))

    with pytest.raises(DBAPIError) as refused:
        run(attempt())
    assert refused.value.orig.sqlstate in ("42501", "428C9")  # 428C9: a GENERATED ALWAYS column
    assert run(sealed.verify()).sound
