"""The worker as a process runs it: woken by a commit, sealing soon after, and gone without a trace."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from tests.verifying import verify_district

from bangban.kernel.access.principals import Principal
from bangban.kernel.jobs.listener import Listener
from bangban.kernel.jobs.worker import Sealer, Worker

SECONDS = 20


@asynccontextmanager
async def working(post, handlers, **options):
    listener = Listener(post.installation.application, post.installation.names.channel)
    await listener.start()
    worker = Worker(post.tenancy, listener, handlers, seal_every=0.02, **options)
    try:
        async with asyncio.timeout(SECONDS):
            yield worker
    finally:
        await worker.stop()
        await worker.stop()
        await listener.stop()


async def record(post, district, entries=1):
    async with post.tenancy.write(district, Principal.anonymous(district=district.slug)) as work:
        for _ in range(entries):
            work.record(action="case:accept", object="case:1")


async def until_sealed(post, district, entries):
    """Ask until so many entries are sealed; the scene's own time limit ends it otherwise."""
    while True:
        report = await verify_district(post.tenancy, district)
        if report.entries == entries:
            return report


@pytest.fixture
def arrivals():
    return asyncio.Queue()


@pytest.fixture
def handlers(arrivals):
    async def handle(delivery):
        arrivals.put_nowait(delivery.reference)

    return {"case.notice": handle}


def test_a_commit_wakes_it(run, post, somewhere, handlers, arrivals):
    async def scene():
        # The slow look cannot be what found it.
        async with working(post, handlers, poll_every=3_600) as worker:
            await worker.start()
            for number in range(3):
                await post.announce(somewhere, ("case.notice", f"c{number}"))
                assert await arrivals.get() == f"c{number}"

    run(scene())


def test_what_was_announced_while_nobody_listened_is_taken_up(run, post, somewhere, handlers, arrivals):
    async def scene():
        await post.announce(somewhere, ("case.notice", "early"))
        async with working(post, handlers, poll_every=3_600) as worker:
            await worker.start()
            return await arrivals.get()

    assert run(scene()) == "early"


def test_a_slow_look_finds_what_no_notification_told_of(run, post, somewhere, handlers, arrivals):
    async def scene():
        async with working(post, handlers, poll_every=0.01) as worker:
            await worker.start()
            role = post.tenancy.names.role(somewhere.slug, "rw")
            async with post.installation.connection() as connection, connection.transaction():
                await connection.execute(f"SET LOCAL ROLE {role}")
                await connection.execute(
                    "INSERT INTO platform.outbox (kind, reference) VALUES ('case.notice', 'silent')"
                )
            return await arrivals.get()

    assert run(scene()) == "silent"


def test_a_failed_row_is_tried_again_when_it_is_due(run, post, somewhere, arrivals):
    async def fails_once(delivery):
        arrivals.put_nowait(delivery.tries)
        if delivery.tries == 1:
            raise RuntimeError

    async def scene():
        async with working(post, {"case.notice": fails_once}, poll_every=3_600) as worker:
            await worker.start()
            await post.announce(somewhere, ("case.notice", "c1"))
            return [await arrivals.get(), await arrivals.get()]

    assert run(scene()) == [1, 2]


def test_trails_are_sealed_soon_after_they_grow(run, post, new_district, handlers):
    early, late = new_district(), new_district()

    async def scene():
        await record(post, early, 3)
        async with working(post, handlers) as worker:
            await worker.start()
            before = await until_sealed(post, early, 3)  # from before the start
            await record(post, late, 2)
            return before, await until_sealed(post, late, 2)

    before, after = run(scene())
    assert before.sound
    assert after.sound
    assert (before.tail_entries, after.tail_entries) == (0, 0)


def test_a_district_that_is_starved_gets_more_patience_and_is_not_forgotten(run, post, new_district):
    district = new_district()

    async def scene():
        sealer = Sealer(post.tenancy, every=0.01)
        async with post.tenancy.write(district, Principal.anonymous(district=district.slug)) as work:
            work.record(action="case:accept", object="case:1")
            await work.finish()
            work._entries.clear()
            work._news.clear()
            await record(post, district)
            sealer.notice(district.slug)
            await sealer.seal_noticed()
            starved = dict(sealer._patience), dict(sealer._dirty)
        await sealer.seal_noticed()
        return starved, sealer._patience, sealer._dirty, await verify_district(post.tenancy, district)

    (patience, dirty), patience_after, dirty_after, report = run(scene())
    assert patience == {district.slug: 80}
    assert list(dirty) == [district.slug]
    assert patience_after == dirty_after == {}
    assert (report.sound, report.entries) == (True, 2)


def test_it_learns_of_a_district_that_another_process_made(run, post, new_district, tenancy):
    district = new_district()

    async def scene():
        await record(post, district)
        tenancy.registry._keep({each.slug: each for each in tenancy.registry if each.slug != district.slug})
        sealer = Sealer(post.tenancy, every=0.01)
        sealer.notice(district.slug)
        sealer.notice("never-made")
        await sealer.seal_noticed()
        return await verify_district(post.tenancy, district)

    assert run(scene()).entries == 1


def test_it_goes_on_after_the_database_threw_it_out(run, post, somewhere, handlers, arrivals):
    async def scene():
        async with working(post, handlers, poll_every=3_600) as worker:
            await worker.start()
            await post.announce(somewhere, ("case.notice", "before"))
            assert await arrivals.get() == "before"
            await post.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1",
                post.installation.names.application,
            )
            role = post.tenancy.names.role(somewhere.slug, "rw")
            async with post.installation.connection() as connection, connection.transaction():
                await connection.execute(f"SET LOCAL ROLE {role}")
                await connection.execute(
                    "INSERT INTO platform.outbox (kind, reference) VALUES ('case.notice', 'after')"
                )
            return await arrivals.get()

    assert run(scene()) == "after"


def test_it_finishes_what_it_has_begun_and_leaves_no_task(run, post, somewhere):
    async def scene():
        before = asyncio.all_tasks()
        begun, go_on, finished = asyncio.Event(), asyncio.Event(), []

        async def slow(delivery):
            begun.set()
            await go_on.wait()
            finished.append(delivery.reference)

        async with working(post, {"case.notice": slow}) as worker:
            await worker.start()
            await post.announce(somewhere, ("case.notice", "c1"))
            await begun.wait()
            stopping = asyncio.ensure_future(worker.stop())
            await asyncio.sleep(0)
            go_on.set()
            await stopping
        return finished, asyncio.all_tasks() - before, await post.rows()

    finished, tasks, rows = run(scene())
    assert finished == ["c1"]
    assert tasks == set()
    assert rows[0]["done_at"]


def test_it_can_be_stopped_before_it_was_started(run, post, handlers):
    async def scene():
        async with working(post, handlers):
            pass

    run(scene())
