"""Ways to a place in an operation's arguments, worked out once from the document.

A getter takes the coerced variables of a request and gives what stands at its place. It does what
graphql-core's ``get_argument_values`` does for a document that is valid and variables that fit; whatever
needs more than that has no getter, and the operation is walked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    ListValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    coerce_input_literal,
)
from graphql.utilities.coerce_input_value import coerce_default_value

from bangban.kernel.planner.parameters import Path

Coerced: TypeAlias = Mapping[str, Any]
Getter: TypeAlias = Callable[[Coerced], Any]


class NoGetter(LookupError):  # noqa: N818 - no refusal: the operation is answered the other way
    """There is no short way to this place."""


def constant(value: Any) -> Getter:
    """The same whatever the variables."""
    return lambda _: value


def getter_of(definition: GraphQLField, node: FieldNode, path: Path) -> Getter:
    """The way to ``path`` in the arguments of a field, to all of them where it is empty; raises NoGetter."""
    if not path:
        every = {name: getter_of(definition, node, (name,)) for name in definition.args}
        return lambda coerced: {name: getter(coerced) for name, getter in every.items()}
    name, *below = path
    given = next((each.value for each in node.arguments or () if each.name.value == name), None)
    return _of_input(definition.args[name], given, tuple(below))


def _of_input(declared: GraphQLArgument | GraphQLInputField, node: ValueNode | None, path: Path) -> Getter:
    """The way into an argument or a field of an input object, which may be left out."""
    usual = _default(declared)
    if node is None:
        return constant(_at(usual, path))
    if isinstance(node, VariableNode):
        variable = node.name.value
        if not path:
            return lambda coerced: coerced.get(variable, usual)
        return lambda coerced: _at(coerced.get(variable, usual), path)
    return _of_literal(declared.type, node, path)


def _of_literal(type_: GraphQLInputType, node: ValueNode, path: Path) -> Getter:
    if not _has_variables(node):
        value = coerce_input_literal(node, type_)
        if value is Undefined:
            raise NoGetter
        return constant(_at(value, path))
    bare = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if isinstance(node, ObjectValueNode) and isinstance(bare, GraphQLInputObjectType):
        given = {each.name.value: each.value for each in node.fields}
        if not path:
            members = {name: _of_input(each, given.get(name), ()) for name, each in bare.fields.items()}
            return lambda coerced: {name: getter(coerced) for name, getter in members.items()}
        name, *below = path
        return _of_input(bare.fields[name], given.get(name), tuple(below))
    if isinstance(node, ListValueNode) and isinstance(bare, GraphQLList) and not path:
        items = [_of_item(bare.of_type, each) for each in node.values]
        return lambda coerced: [item(coerced) for item in items]
    raise NoGetter


def _of_item(type_: GraphQLInputType, node: ValueNode) -> Getter:
    if isinstance(node, VariableNode):
        variable = node.name.value
        return lambda coerced: coerced.get(variable)
    return _of_literal(type_, node, ())


def _default(declared: GraphQLArgument | GraphQLInputField) -> Any:
    """What counts where nothing is given; None where there is no default either."""
    found = coerce_default_value(declared)
    return None if found is Undefined else found


def _at(value: Any, path: Path) -> Any:
    for name in path:
        if value is None:
            return None
        value = value.get(name)
    return value


def _has_variables(node: ValueNode) -> bool:
    if isinstance(node, VariableNode):
        return True
    if isinstance(node, ListValueNode):
        return any(map(_has_variables, node.values))
    return isinstance(node, ObjectValueNode) and any(_has_variables(each.value) for each in node.fields)
