"""Listening on a real server: hints reach callbacks and subscribers, and none is lost with a connection."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from bangban.kernel.access.principals import Principal
from bangban.kernel.jobs.hints import Hint
from bangban.kernel.jobs.listener import Listener

SECONDS = 20


@asynccontextmanager
async def listening(post, **options):
    listener = Listener(post.installation.application, post.installation.names.channel, **options)
    await listener.start()
    try:
        yield listener
    finally:
        await listener.stop()


def test_an_announcement_reaches_callbacks_and_subscribers(run, post, somewhere):
    async def scene():
        heard, anything = asyncio.Queue(), []
        async with asyncio.timeout(SECONDS), listening(post) as listener:

            async def on_change(slug, reference):
                heard.put_nowait((slug, reference))

            listener.on("staff.changed", on_change)
            listener.on_any(anything.append)
            async with listener.subscribe(somewhere.slug, "case.changed", "c1") as inbox:
                await post.announce(somewhere, ("case.changed", "c1"), ("staff.changed", "s1"))
                assert await inbox.wait()
                return await heard.get(), anything

    found, anything = run(scene())
    assert found == (somewhere.slug, "s1")
    assert anything == [
        Hint(somewhere.slug, "case.changed", "c1"),
        Hint(somewhere.slug, "staff.changed", "s1"),
    ]


async def announce_and_roll_back(post, district):
    async with post.tenancy.write(district, Principal.anonymous(district=district.slug)) as work:
        work.announce("case.changed", "never")
        await work.finish()
        raise InterruptedError


def test_what_is_rolled_back_is_never_heard(run, post, somewhere):
    async def scene():
        heard = []
        async with asyncio.timeout(SECONDS), listening(post) as listener:
            listener.on_any(heard.append)
            with pytest.raises(InterruptedError):
                await announce_and_roll_back(post, somewhere)
            async with listener.subscribe(somewhere.slug, "case.changed", "c2") as inbox:
                await post.announce(somewhere, ("case.changed", "c2"))
                await inbox.wait()
        return [each.reference for each in heard]

    assert run(scene()) == ["c2"]


def test_strangers_words_on_the_channel_do_no_harm(run, post, somewhere):
    async def scene():
        async with (
            asyncio.timeout(SECONDS),
            listening(post) as listener,
            listener.subscribe(somewhere.slug, "case.changed", "c1") as inbox,
        ):
            for payload in ("", "{", "[1]", '{"d": 7}', "x" * 7_000):
                await post.notify(payload)
            await post.announce(somewhere, ("case.changed", "c1"))
            return await inbox.wait()

    assert run(scene())


async def cut(post):
    """End every listening connection from the server's side."""
    await post.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1 AND query LIKE 'LISTEN%'",
        post.installation.names.application,
    )


def test_after_a_break_everything_counts_as_changed(run, post, somewhere):
    async def scene():
        reread = asyncio.Event()
        async with asyncio.timeout(SECONDS), listening(post) as listener:

            async def on_reconnect():
                reread.set()

            listener.on_reconnect(on_reconnect)
            async with listener.subscribe(somewhere.slug, "case.changed", "c1") as inbox:
                await cut(post)
                assert await inbox.wait()
                await reread.wait()
                assert listener.connected.is_set()
                await post.announce(somewhere, ("case.changed", "c1"))
                return await inbox.wait()

    assert run(scene())


def test_a_server_that_stays_away_is_tried_again_until_it_is_back(run, post, somewhere):
    async def scene():
        login = post.installation.names.application
        async with (
            asyncio.timeout(SECONDS),
            listening(post) as listener,
            listener.subscribe(somewhere.slug, "case.changed", "c1") as inbox,
        ):
            await post.execute(f"ALTER ROLE {login} NOLOGIN")
            try:
                await cut(post)
                while listener.connected.is_set():  # noqa: ASYNC110 - an event tells of its presence alone
                    await asyncio.sleep(0)
                assert not inbox._told.is_set()
            finally:
                await post.execute(f"ALTER ROLE {login} LOGIN")
            return await inbox.wait()

    assert run(scene())


def test_a_connection_that_went_silent_is_noticed(run, post, somewhere):
    async def scene():
        async with (
            asyncio.timeout(SECONDS),
            listening(post, heartbeat=0.05) as listener,
            listener.subscribe(somewhere.slug, "case.changed", "c1") as inbox,
        ):
            # The heartbeat's answer does not come, as behind a cable that was pulled.
            listener._connection.execute = _never
            return await inbox.wait()

    assert run(scene())


async def _never(*_, **__):
    raise TimeoutError


def test_stopping_ends_every_subscription_and_leaves_no_task(run, post, somewhere):
    async def scene():
        before = asyncio.all_tasks()
        listener = Listener(post.installation.application, post.installation.names.channel)
        await listener.start()
        inbox = listener.subscribe(somewhere.slug, "case.changed", "c1")
        waiting = asyncio.ensure_future(inbox.wait())
        await asyncio.sleep(0)
        await listener.stop()
        await listener.stop()
        assert await waiting is False
        return asyncio.all_tasks() - before, listener.subscriptions

    assert run(scene()) == (set(), 0)


def test_stopping_right_after_the_start_closes_the_connection(run, post):
    async def scene():
        listener = Listener(post.installation.application, post.installation.names.channel)
        await listener.start()
        connection = listener._connection
        await listener.stop()
        return connection.is_closed()

    assert run(scene())
