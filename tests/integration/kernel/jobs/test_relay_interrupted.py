"""A relay that dies, stops or is cancelled in the middle loses nothing and does nothing twice."""

from __future__ import annotations

import asyncio

from bangban.kernel.jobs.relay import LEASE, Relay


def test_a_crash_loses_nothing(run, post, tenancy, desk, clock, somewhere):
    """A process that dies in the middle leaves a lease behind, and the next one takes the row up after it."""

    async def scene():
        await post.announce(somewhere, ("case.notice", "c1"))
        dead = Relay(tenancy, {"case.notice": desk}, clock=clock)
        assert len(await dead._claim()) == 1  # and nothing more is ever heard of it
        successor = Relay(tenancy, {"case.notice": desk}, clock=clock)
        assert await successor.drain() == 0
        clock.turn(seconds=LEASE.total_seconds())
        assert await successor.drain() == 1
        return await post.rows()

    (row,) = run(scene())
    assert (row["tries"], row["done_at"] is not None) == (2, True)
    assert desk.got[0].tries == 2


def test_what_was_not_begun_is_given_back_when_a_worker_is_stopped(run, post, relay, desk, somewhere):
    async def scene():
        desk.waits = {"c1": asyncio.Event()}
        await post.announce(somewhere, ("case.notice", "c1"), ("case.accepted", "c1"), ("case.notice", "c2"))
        draining = asyncio.ensure_future(relay.drain())
        await desk.begun.wait()
        relay.halt()
        desk.waits["c1"].set()
        await draining
        return await post.rows()

    first, second, _ = run(scene())
    assert first["done_at"]
    assert (second["done_at"], second["tries"], second["not_before"]) == (None, 0, None)


def test_a_cancelled_worker_gives_back_everything_it_did_not_finish(run, post, relay, desk, somewhere):
    async def scene():
        desk.waits = {"c1": asyncio.Event()}
        await post.announce(somewhere, ("case.notice", "c1"), ("case.accepted", "c1"))
        draining = asyncio.ensure_future(relay.drain())
        await desk.begun.wait()
        draining.cancel()
        await asyncio.gather(draining, return_exceptions=True)
        return await post.rows()

    assert [(row["done_at"], row["tries"], row["not_before"]) for row in run(scene())] == [
        (None, 0, None)
    ] * 2


def test_a_handled_row_that_could_not_be_marked_is_not_handled_again(
    run, post, relay, desk, clock, somewhere
):
    async def scene():
        await post.announce(somewhere, ("case.notice", "c1"))
        # Claimed and handled, then the database goes away: only the process remembers.
        rows = await relay._claim()
        relay._unsaid.add(rows[0].id)
        clock.turn(seconds=LEASE.total_seconds())
        await relay.drain()
        return await post.rows()

    (row,) = run(scene())
    assert desk.got == []
    assert row["done_at"]
