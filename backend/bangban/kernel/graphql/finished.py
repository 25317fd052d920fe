"""Values that PostgreSQL has built for the very selection of the request: graphql-core need not walk them again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from graphql.execution.executor import Executor


class Finished(str):
    """The JSON of a root field's whole value."""

    __slots__ = ()


class FinishingExecutor(Executor[Any]):
    """graphql-core's executor, which takes what is finished as it is."""

    def complete_value(  # noqa: PLR0917 - graphql-core's signature
        self,
        return_type: Any,
        field_details_list: Any,
        info: Any,
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        """The value, or its completion."""
        if type(result) is Finished:
            return result
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)


def as_bytes(data: Mapping[str, Any]) -> bytes | None:
    """``{"data": …}`` of root fields that are all finished; None where one of them is not."""
    if not data or not all(type(value) is Finished for value in data.values()):
        return None
    members = ",".join(f'"{key}":{value}' for key, value in data.items())  # keys are GraphQL names
    return f'{{"data":{{{members}}}}}'.encode()


def as_objects(data: dict[str, Any] | None) -> dict[str, Any] | None:
    """The same data without anything finished in it."""
    if not data or not any(type(value) is Finished for value in data.values()):
        return data
    return {key: json.loads(value) if type(value) is Finished else value for key, value in data.items()}
