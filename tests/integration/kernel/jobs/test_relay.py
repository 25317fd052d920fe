"""The outbox is worked off at least once: nothing is lost, and nothing that is broken blocks the rest."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bangban.kernel.jobs.relay import _CLAIM, _SETTLE, GIVE_UP_AFTER, LEASE, LONGEST_BACKOFF, Relay
from bangban.kernel.messenger.channel import Undeliverable
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.tables import DistrictStatus


class Desk:
    """A handler that notes what it gets, and fails or waits where it is told to."""

    def __init__(self):
        self.got = []
        self.fails = set()
        self.waits = {}
        self.begun = asyncio.Event()

    async def __call__(self, delivery):
        self.got.append(delivery)
        self.begun.set()
        if delivery.reference in self.waits:
            await self.waits[delivery.reference].wait()
        if delivery.reference in self.fails:
            raise RuntimeError(f"张三 13800000000 {delivery.reference}")

    @property
    def references(self):
        return [each.reference for each in self.got]


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def relay(tenancy, desk, clock):
    return Relay(tenancy, {"case.notice": desk, "case.accepted": desk}, clock=clock)


def test_a_row_is_handled_once_and_marked_done(run, post, relay, desk, clock, somewhere):
    async def scene():
        await post.announce(somewhere, ("case.notice", "c1"), ("case.accepted", "c2"))
        assert await relay.drain() == 2
        assert await relay.drain() == 0
        return await post.rows()

    rows = run(scene())
    assert desk.references == ["c1", "c2"]
    assert [each.id for each in desk.got] == [row["id"] for row in rows]
    assert [(each.kind, each.district.slug, each.tries) for each in desk.got] == [
        ("case.notice", somewhere.slug, 1),
        ("case.accepted", somewhere.slug, 1),
    ]
    assert [row["done_at"] for row in rows] == [clock.now, clock.now]


def test_hints_without_a_handler_are_done_at_once(run, post, relay, desk, somewhere):
    async def scene():
        await post.announce(somewhere, ("case.changed", "c1"), ("session.revoked", "s1"))
        await relay.drain()
        return await post.rows()

    rows = run(scene())
    assert all(row["done_at"] for row in rows)
    assert desk.got == []


def test_the_district_is_the_authors_and_never_what_the_row_says(
    run, post, relay, desk, new_district, somewhere
):
    other = new_district()

    async def scene():
        await post.announce(other, ("case.notice", somewhere.slug))
        await relay.drain()

    run(scene())
    assert [each.district.slug for each in desk.got] == [other.slug]


def test_rows_that_no_district_wrote_are_put_aside(run, post, relay, desk):
    async def scene():
        await post.execute("INSERT INTO platform.outbox (kind, reference) VALUES ('case.notice', 'c1')")
        await relay.drain()
        return await post.rows()

    (row,) = run(scene())
    assert desk.got == []
    assert (row["problem"], row["done_at"] is not None) == ("DistrictGone", True)


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


def test_a_poisoned_row_rests_while_the_others_go_on(run, post, relay, desk, clock, somewhere, capsys):
    desk.fails = {"bad"}

    async def scene():
        await post.announce(somewhere, ("case.notice", "bad"), ("case.notice", "good"))
        await relay.drain()
        poisoned, good = await post.rows()
        assert good["done_at"]
        assert (poisoned["done_at"], poisoned["tries"], poisoned["problem"]) == (None, 1, "RuntimeError")
        assert poisoned["not_before"] == clock.now + timedelta(seconds=2)
        assert await relay.seconds_to_next() == 2
        await post.announce(somewhere, ("case.notice", "later"))
        await relay.drain()
        assert desk.references == ["bad", "good", "later"]
        clock.turn(seconds=3)
        await relay.drain()
        assert desk.references[3:] == ["bad"]
        desk.fails = set()
        clock.turn(seconds=5)
        await relay.drain()
        return await post.rows()

    poisoned, *_ = run(scene())
    assert (poisoned["tries"], poisoned["problem"], poisoned["done_at"] is not None) == (3, None, True)
    assert "13800000000" not in "".join(capsys.readouterr())


def test_what_never_works_is_given_up_in_the_end(run, post, relay, desk, clock, somewhere):
    desk.fails = {"bad"}

    async def scene():
        await post.announce(somewhere, ("case.notice", "bad"))
        for _ in range(200):
            await relay.drain()
            clock.turn(seconds=LONGEST_BACKOFF.total_seconds() + 1)
            (row,) = await post.rows()
            if row["done_at"]:
                return row
        return None

    row = run(scene())
    assert row["problem"] == "RuntimeError"
    assert row["done_at"] - row["at"] > GIVE_UP_AFTER
    assert len(desk.got) == row["tries"] < 100


def test_many_rows_are_each_handled_once_by_two_workers(run, post, tenancy, desk, clock, somewhere):
    async def scene():
        await post.announce(somewhere, *(("case.notice", f"c{number}") for number in range(120)))
        relays = [Relay(tenancy, {"case.notice": desk}, clock=clock) for _ in range(2)]
        await asyncio.gather(*(each.drain() for each in relays))

    run(scene())
    assert sorted(desk.references) == sorted(f"c{number}" for number in range(120))


def test_rows_about_one_thing_keep_their_order(run, post, relay, desk, somewhere):
    async def scene():
        news = [(kind, f"c{case}") for kind in ("case.notice", "case.accepted") for case in range(6)]
        await post.announce(somewhere, *news)
        await relay.drain()

    run(scene())
    for case in range(6):
        kinds = [each.kind for each in desk.got if each.reference == f"c{case}"]
        assert kinds == ["case.notice", "case.accepted"]


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


def test_a_suspended_districts_messages_wait(
    run, post, relay, desk, clock, new_district, installation, tenancy
):
    district = new_district()

    async def scene():
        await post.announce(district, ("case.notice", "c1"))
        await installation.set_status(district.slug, DistrictStatus.SUSPENDED)
        await tenancy.registry.refresh(district.slug)
        await relay.drain()
        (resting,) = await post.rows()
        await installation.set_status(district.slug, DistrictStatus.LIVE)
        await tenancy.registry.refresh(district.slug)
        clock.turn(hours=1)
        await relay.drain()
        return resting

    resting = run(scene())
    assert (resting["done_at"], resting["problem"]) == (None, "DistrictSuspended")
    assert desk.references == ["c1"]


def test_a_dropped_districts_rows_are_put_aside(run, post, relay, desk, new_district, installation, tenancy):
    district = new_district()

    async def scene():
        await post.announce(district, ("case.notice", "c1"))
        await installation.drop_district(district.slug)
        await tenancy.registry.refresh(district.slug)
        await relay.drain()
        return await post.rows()

    (row,) = run(scene())
    assert row["problem"] == "DistrictGone"
    assert desk.got == []


def test_done_rows_go_after_a_while_and_open_ones_stay(run, post, relay, desk, clock, somewhere):
    desk.fails = {"bad"}

    async def scene():
        await post.announce(somewhere, ("session.revoked", "s1"), ("case.notice", "bad"))
        await relay.drain()
        clock.turn(hours=23)
        assert await relay.sweep() == 0
        clock.turn(hours=2)
        assert await relay.sweep() == 1
        return await post.rows()

    assert [row["reference"] for row in run(scene())] == ["bad"]


def test_a_district_cannot_do_more_with_the_outbox_than_put_in(run, post, tenancy, somewhere):

    async def attempt(statement):
        async with tenancy._session(tenancy.names.role(somewhere.slug, Wall.WRITE), somewhere.schema) as db:
            await db.execute(text(statement))

    for statement in (
        "SELECT * FROM platform.outbox",
        "UPDATE platform.outbox SET tries = 0",
        "DELETE FROM platform.outbox",
        "INSERT INTO platform.outbox (kind, reference, author) VALUES ('case.notice', 'c1', 'another')",
        "INSERT INTO platform.outbox (kind, reference, done_at) VALUES ('case.notice', 'c1', now())",
    ):
        with pytest.raises(DBAPIError) as refused:
            run(attempt(statement))
        assert refused.value.orig.sqlstate in ("42501", "428C9")


def test_what_can_never_be_delivered_is_over_at_once(run, post, tenancy, clock, somewhere):
    tried = []

    async def refused(delivery):
        tried.append(delivery.reference)
        raise Undeliverable("sms", "answered 400")

    relay = Relay(tenancy, {"case.notice": refused}, clock=clock)

    async def scene():
        await post.announce(somewhere, ("case.notice", "c1"))
        await relay.drain()
        clock.turn(hours=2)
        await relay.drain()
        return await post.rows()

    (row,) = run(scene())
    assert tried == ["c1"]
    assert row["done_at"] is not None
    assert row["problem"] == "Undeliverable"
