"""What comes in by notification: parsed or ignored, merged, and passed on without a task for anybody."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.jobs.hints import Hint, parse_hint
from bangban.kernel.jobs.listener import MOST_PENDING, Listener

NOWHERE = Endpoint(host="127.0.0.1", port=1, user="nobody", password="", database="none")


def payload(slug="zouping", kind="case.changed", reference="c1"):
    return json.dumps({"d": slug, "k": kind, "r": reference})


def told(listener, text):
    listener._received(None, 0, "channel", text)


def test_a_notification_is_parsed():
    assert parse_hint(payload()) == Hint("zouping", "case.changed", "c1")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "7", '"x"', "{}", '{"d": 1, "k": "x", "r": ""}', '{"d": "a", "k": ""}',
             '{"d": "a", "k": "b", "r": ["c"]}', '{"d": "a", "k": null, "r": "c"}']
)  # fmt: skip
def test_anything_else_is_ignored(text):
    assert parse_hint(text) is None
    told(Listener(NOWHERE, "channel"), text)


@given(st.text())
def test_no_payload_whatever_breaks_the_listener(text):
    told(Listener(NOWHERE, "channel"), text)


def test_what_is_ignored_is_not_quoted_in_the_log(capsys):
    told(Listener(NOWHERE, "channel"), "13800000000")
    assert "13800000000" not in "".join(capsys.readouterr())


def test_many_hints_are_one():
    async def scene():
        listener = Listener(NOWHERE, "channel")
        with_hint, without = (listener.subscribe("zouping", "case.changed", each) for each in ("c1", "c2"))
        for _ in range(1_000):
            told(listener, payload())
        assert await with_hint.wait()
        waiting = [asyncio.ensure_future(each.wait()) for each in (with_hint, without)]
        done, pending = await asyncio.wait(waiting, timeout=0.01)
        with_hint.close()
        without.close()
        return done, await asyncio.gather(*pending)

    assert asyncio.run(scene()) == (set(), [False, False])


def test_ten_thousand_subscribers_are_told_without_a_task_for_each():
    async def scene():
        listener = Listener(NOWHERE, "channel")
        inboxes = [listener.subscribe("zouping", "case.changed", "c1") for _ in range(10_000)]
        tasks = len(asyncio.all_tasks())
        told(listener, payload())
        assert len(asyncio.all_tasks()) == tasks
        assert all([await each.wait() for each in inboxes])
        for each in inboxes:
            each.close()
        return listener

    listener = asyncio.run(scene())
    assert listener.subscriptions == 0
    assert not listener._subscribers


def test_one_inbox_waits_for_several_things():
    async def scene():
        listener = Listener(NOWHERE, "channel")
        async with listener.subscribe("zouping", "case.changed", "c1").also(
            "zouping", "session.revoked", "s1"
        ) as inbox:
            told(listener, payload(kind="session.revoked", reference="s1"))
            assert await inbox.wait()
            assert listener.subscriptions == 2
        return listener.subscriptions

    assert asyncio.run(scene()) == 0


def test_closing_lets_the_waiter_go_and_can_be_repeated():
    async def scene():
        listener = Listener(NOWHERE, "channel")
        inbox = listener.subscribe("zouping", "case.changed", "c1")

        async def read():
            return [hint async for hint in inbox]

        reading = asyncio.ensure_future(read())
        await asyncio.sleep(0)
        inbox.close()
        inbox.close()
        inbox.also("zouping", "case.changed", "c2")
        return await reading, listener.subscriptions

    assert asyncio.run(scene()) == ([], 0)


def test_more_than_callbacks_can_take_becomes_one_order_to_read_again():
    async def scene():
        listener = Listener(NOWHERE, "channel")
        calls = []
        reread = asyncio.Event()

        async def on_change(slug, reference):
            calls.append(reference)

        async def on_reconnect():
            reread.set()

        listener.on("staff.changed", on_change)
        listener.on_reconnect(on_reconnect)
        for number in range(MOST_PENDING + 5):
            told(listener, payload(kind="staff.changed", reference=str(number)))
        assert len(listener._pending) <= MOST_PENDING
        dispatching = asyncio.ensure_future(listener._dispatch())
        await reread.wait()
        while listener._pending:  # noqa: ASYNC110 - nothing tells that there is nothing left
            await asyncio.sleep(0)
        dispatching.cancel()
        return calls

    assert len(asyncio.run(scene())) < 10


def test_a_failing_callback_is_not_the_others_trouble(capsys):
    async def scene():
        listener = Listener(NOWHERE, "channel")
        heard = asyncio.Event()

        async def fails(slug, reference):
            raise RuntimeError("张三 13800000000")

        async def hears(slug, reference):
            heard.set()

        listener.on("policy.changed", fails)
        listener.on("policy.changed", hears)
        dispatching = asyncio.ensure_future(listener._dispatch())
        told(listener, payload(kind="policy.changed"))
        await heard.wait()
        dispatching.cancel()

    asyncio.run(scene())
    assert "13800000000" not in "".join(capsys.readouterr())
