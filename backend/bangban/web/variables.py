"""Variables of a known operation: coerced as graphql-core does it, with what follows from the document kept."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

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
Fitted: TypeAlias = tuple[dict[str, Any], tuple[Hashable, ...]]


class _Variable(NamedTuple):
    name: str
    type: GraphQLInputType
    default: Any  # Undefined where there is none
    text: bool  # whether a str is already as it shall be


class Variables:
    """The variables that an operation defines."""

    def __init__(self, schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode]) -> None:
        self._known = tuple(_variable(schema, each) for each in definitions)
        self.names = {each.name: each.type for each in self._known}

    def fit(self, given: Mapping[str, Any]) -> Fitted | None:
        """The coerced values and their shape; None where one does not fit, which graphql-core puts into words.

        The shape is what of the values a plan may depend on: never a value of an open type.
        """
        coerced: dict[str, Any] = {}
        shape: list[Hashable] = []
        for name, type_, default, text in self._known:
            value = given.get(name, Undefined)
            if text and type(value) is str:
                coerced[name] = value
                shape.append("value")
                continue
            if value is Undefined:
                if default is Undefined:
                    if isinstance(type_, GraphQLNonNull):
                        return None
                    shape.append(_ABSENT)
                    continue
                value = default
            else:
                value = coerce_input_value(value, type_)
                if value is Undefined:
                    return None
            coerced[name] = value
            shape.append(shape_of(type_, value))
        return coerced, tuple(shape)


def _variable(schema: GraphQLSchema, node: VariableDefinitionNode) -> _Variable:
    """Raises LookupError for a definition that validation would have refused."""
    signature = get_variable_signature(schema, node)
    if isinstance(signature, GraphQLError):
        raise LookupError(node.variable.name.value)  # noqa: TRY004 - no such type in the schema
    bare = signature.type.of_type if isinstance(signature.type, GraphQLNonNull) else signature.type
    default = coerce_default_value(signature) if node.default_value else Undefined
    return _Variable(signature.name, signature.type, default, getattr(bare, "name", None) in _TEXTS)
