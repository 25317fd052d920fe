"""Variables of a known operation: coerced as graphql-core does it, with what follows from the document kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from graphql import (
    GraphQLError,
    GraphQLInputType,
    GraphQLNonNull,
    GraphQLSchema,
    Undefined,
    VariableDefinitionNode,
    coerce_input_value,
)
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.utilities.coerce_input_value import coerce_default_value

from bangban.kernel.planner.selection import shape_of

_ABSENT: Final = "absent"
_TEXTS: Final = frozenset({"String", "ID"})
Shape: TypeAlias = Callable[[GraphQLInputType, Any], Hashable]


@dataclass(frozen=True)
class _Variable:
    name: str
    type: GraphQLInputType
    default: Any  # Undefined where there is none
    text: bool  # whether a str is already as it shall be


class Variables:
    """The variables that an operation defines."""

    def __init__(self, schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode]) -> None:
        self._known = tuple(_variable(schema, each) for each in definitions)

    def coerce(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """The coerced values; None where one does not fit, which graphql-core then puts into words."""
        coerced: dict[str, Any] = {}
        for variable in self._known:
            value = given.get(variable.name, Undefined)
            if variable.text and type(value) is str:
                coerced[variable.name] = value
                continue
            if value is Undefined:
                if variable.default is not Undefined:
                    coerced[variable.name] = variable.default
                elif isinstance(variable.type, GraphQLNonNull):
                    return None
                continue
            fitted = coerce_input_value(value, variable.type)
            if fitted is Undefined:
                return None
            coerced[variable.name] = fitted
        return coerced

    def shape(self, coerced: Mapping[str, Any]) -> tuple[Hashable, ...]:
        """What of the values a plan may depend on: never a value of an open type."""
        return tuple(
            shape_of(each.type, coerced[each.name]) if each.name in coerced else _ABSENT
            for each in self._known
        )


def _variable(schema: GraphQLSchema, node: VariableDefinitionNode) -> _Variable:
    """Raises LookupError for a definition that validation would have refused."""
    signature = get_variable_signature(schema, node)
    if isinstance(signature, GraphQLError):
        raise LookupError(node.variable.name.value)  # noqa: TRY004 - no such type in the schema
    bare = signature.type.of_type if isinstance(signature.type, GraphQLNonNull) else signature.type
    default = coerce_default_value(signature) if node.default_value else Undefined
    return _Variable(signature.name, signature.type, default, getattr(bare, "name", None) in _TEXTS)
