"""The outbox is worked off at least once: nothing is lost, and nothing that is broken blocks the rest."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bangban.kernel.jobs.relay import GIVE_UP_AFTER, LONGEST_BACKOFF, Relay
from bangban.kernel.messenger.channel import Undeliverable
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.tables import DistrictStatus


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
