"""Rows with a day are timers: handled when they are due, however far away, and tried again when they were missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bangban.kernel.jobs.outbox import _CLAIM, _SETTLE
from bangban.kernel.tenancy.names import Wall


def test_a_timer_is_handled_when_it_is_due_and_not_before(run, post, relay, desk, clock, somewhere):
    async def scene():
        due = clock.now + timedelta(hours=2)
        await post.set(somewhere, "case.notice", "later", due=due)
        await post.announce(somewhere, ("case.accepted", "now"), ("hint", "h"))
        assert await relay.drain() == 1
        assert await relay.seconds_to_next() == 7200
        clock.turn(hours=2, seconds=-1)
        assert await relay.drain() == 0
        clock.turn(seconds=1)
        assert await relay.drain() == 1
        assert await relay.drain() == 0
        assert await relay.seconds_to_next() is None
        return due

    due = run(scene())
    assert desk.references == ["now", "later"]
    assert desk.got[-1].at == due


def test_a_timer_that_was_missed_is_still_tried_for_days(run, post, relay, desk, clock, somewhere):
    desk.fails = {"late"}

    async def scene():
        await post.set(somewhere, "case.notice", "late", due=clock.now + timedelta(days=30))
        clock.turn(days=30)
        await relay.drain()
        (row,) = await post.rows()
        assert row["done_at"] is None, "what is due today is not given up for having been set a month ago"
        clock.turn(days=1)
        desk.fails = set()
        await relay.drain()

    run(scene())
    assert desk.references == ["late", "late"]


def test_timers_far_away_cost_the_next_look_nothing(run, post, somewhere, installation):
    async def scene():
        author = installation.names.role(somewhere.slug, Wall.WRITE)
        await post.execute(
            "INSERT INTO platform.outbox (kind, reference, author, due_at) SELECT 'case.notice', n::text, $1::name,"
            " now() + interval '1 day' * n FROM generate_series(1, 20000) n",
            author,
        )
        await post.execute("ANALYZE platform.outbox")
        async with installation.connection() as connection:
            for statement in (_CLAIM.text, _SETTLE.text):
                text_ = statement.replace(":now", "$1").replace(":until", "$1::timestamptz")
                text_ = text_.replace(":kinds", "$2").replace(":most", "40")
                arguments = [datetime.now(UTC), ["case.notice"]]
                transaction = connection.transaction()
                await transaction.start()
                plan = await connection.fetch(f"EXPLAIN (ANALYZE, BUFFERS) {text_}", *arguments)
                await transaction.rollback()
                lines = [line[0] for line in plan]
                assert any("outbox_open_idx" in line for line in lines), lines
                assert not any("Rows Removed by Filter" in line for line in lines), lines

    run(scene())
