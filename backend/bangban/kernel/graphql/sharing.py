"""Events that many subscribers get alike: completed by graphql-core once, and put into bytes once.

A resolver yields a ``SharedEvent``. Whoever yields the same object promises that everybody to whom it is yielded
asked for the same selection, so its completion is theirs as well.
"""

from __future__ import annotations

import json
from collections.abc import Hashable
from typing import Any

from graphql import ExecutionResult, FieldNode, OperationDefinitionNode
from graphql.execution.executor_throwing_on_incremental import ExecutorThrowingOnIncremental


class SharedData(dict[str, Any]):
    """The ``data`` of an answer that goes to many."""

    __slots__ = ("_raw",)

    @property
    def raw(self) -> str:
        """The answer that this is the data of, as JSON text, made once."""
        try:
            return self._raw
        except AttributeError:
            self._raw: str = json.dumps({"data": self}, ensure_ascii=False, separators=(",", ":"))
            return self._raw


class SharedEvent(dict[str, Any]):
    """An event's value under the response keys of its selection, and what was made of it for each root field."""

    __slots__ = ("answers",)

    def __init__(self, value: dict[str, Any]) -> None:
        super().__init__(value)
        self.answers: dict[Hashable, ExecutionResult] = {}


class SharingExecutor(ExecutorThrowingOnIncremental):
    """graphql-core's executor for subscriptions, which completes a shared event once.

    An answer with errors is not shared: their texts are in each reader's language.
    """

    def execute_operation(self, serially: bool | None = None) -> Any:
        """The answer to one event."""
        event = self.root_value
        if not isinstance(event, SharedEvent):
            return super().execute_operation(serially)
        # A subscription has one root field, so its response key is all that the selections may differ in.
        key = _root_key(self.operation)
        known = event.answers.get(key)
        if known is not None:
            return known
        made = super().execute_operation(serially)
        if not isinstance(made, ExecutionResult) or made.errors or made.data is None:
            return made
        known = event.answers[key] = ExecutionResult(SharedData(made.data), None)
        return known


def _root_key(operation: OperationDefinitionNode) -> Hashable:
    """The root field's response key; the operation itself where a fragment hides it."""
    field = operation.selection_set.selections[0]
    return (field.alias or field.name).value if isinstance(field, FieldNode) else operation
