"""An event that is shared is completed once for all who asked the same way, and answers with errors never are."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from graphql import ExecutionResult, build_schema, parse, subscribe

from bangban.kernel.graphql.sharing import SharedData, SharedEvent, SharingExecutor

SCHEMA = build_schema(
    "type Query { x: Int } type Event { n: Int! name: String } type Subscription { told: Event! }"
)
completed: list[Any] = []
field = SCHEMA.subscription_type.fields["told"]  # type: ignore[union-attr]  # it has one
field.resolve = lambda event, _: completed.append(event) or event


def answers(text: str, *events: Any) -> list[ExecutionResult]:
    async def source(*_: Any) -> AsyncIterator[Any]:
        for event in events:
            yield event

    async def go() -> list[ExecutionResult]:
        stream: Any = subscribe(
            SCHEMA, parse(text), subscribe_field_resolver=source, executor_class=SharingExecutor
        )
        return [each async for each in stream]

    completed.clear()
    return asyncio.run(go())


def test_a_shared_event_is_completed_once_for_each_root_key() -> None:
    event = SharedEvent({"n": 1, "name": "样本"})
    first, second = answers("subscription { told { n name } }", event, event)
    assert len(completed) == 1
    assert first.data is second.data
    assert isinstance(first.data, SharedData)
    assert first.data.raw is first.data.raw
    assert json.loads(first.data.raw) == {"data": {"told": {"n": 1, "name": "样本"}}}
    (other,) = answers("subscription { other: told { n name } }", event)
    assert other.data == {"other": {"n": 1, "name": "样本"}}
    (hidden,) = answers("subscription { ...F } fragment F on Subscription { third: told { n name } }", event)
    assert hidden.data == {"third": {"n": 1, "name": "样本"}}


def test_other_events_are_completed_each_time() -> None:
    event = {"n": 1, "name": None}
    first, second = answers("subscription { told { n name } }", event, event)
    assert first.data == second.data == {"told": {"n": 1, "name": None}}
    assert len(completed) == 2


def test_answers_with_errors_are_not_shared() -> None:
    event = SharedEvent({"n": None, "name": None})
    first, second = answers("subscription { told { n } }", event, event)
    assert first.errors
    assert second.errors
    assert len(completed) == 2
    assert event.answers == {}
