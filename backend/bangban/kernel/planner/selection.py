"""An operation's selection as a tree, with fragments merged, directives decided and arguments coerced."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSkipDirective,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    is_object_type,
)
from graphql.execution.values import VariableValues, get_argument_values, get_directive_values

from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.fields import PlannedField
from bangban.kernel.planner.paging import rows_wanted
from bangban.kernel.planner.reads import Guard, Reads, reads_of
from bangban.kernel.planner.sources import Paged, Part, Same, Value

_BACK_REFERENCE: Final = "strawberry-definition"


def planned_field(definition: GraphQLField) -> PlannedField | None:
    """The declaration behind a field of the core schema, if it is a planned one."""
    found = definition.extensions.get(_BACK_REFERENCE)
    return found if isinstance(found, PlannedField) else None


def declared_reads(type_: Any) -> Reads:
    """The ``reads`` of the Python class behind a core object type."""
    definition = type_.extensions.get(_BACK_REFERENCE)
    return reads_of(definition.origin) if definition is not None else Reads()


@dataclass(frozen=True)
class Selected:
    """One field of the tree. ``shape`` is all that a plan depends on: never a value of the request."""

    key: str
    name: str
    declared: PlannedField | None  # None: __typename and introspection
    definition: GraphQLField | None
    parent_name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    children: tuple[Selected, ...] = ()
    shape: Hashable = ()
    node: FieldNode | None = None  # where the document asks for it, first of all

    @property
    def output(self) -> Any:
        """The named output type."""
        if self.definition is None:
            raise LookupError(self.name)
        return get_named_type(self.definition.type)

    def child(self, name: str) -> Iterator[Selected]:
        """Children that ask for the field ``name`` (more than one where aliases are used)."""
        return (each for each in self.children if each.name == name)


def shape_of(type_: GraphQLInputType, value: Any) -> Hashable:
    """What of an argument a plan may depend on: that it is given, and which member of a finite type."""
    if isinstance(type_, GraphQLNonNull):
        return shape_of(type_.of_type, value)
    if value is None:
        return None
    if isinstance(type_, GraphQLList):
        return "list"
    if isinstance(type_, GraphQLInputObjectType):
        return tuple((name, shape_of(each.type, value.get(name))) for name, each in type_.fields.items())
    if isinstance(type_, GraphQLEnumType) or isinstance(value, bool):
        return str(value)
    return "value"


class Selector:
    """Builds trees for one operation of one request."""

    def __init__(
        self, fragments: Mapping[str, FragmentDefinitionNode], variables: VariableValues | None
    ) -> None:
        self._fragments = fragments
        self._variables = variables

    def tree(self, parent: GraphQLObjectType, nodes: Iterable[SelectionSetNode]) -> tuple[Selected, ...]:
        """The fields selected on ``parent`` by ``nodes``, merged by response key, in the document's order."""
        grouped: dict[str, list[FieldNode]] = {}
        for selection_set in nodes:
            self._gather(parent, selection_set.selections, grouped, set())
        return tuple(self._selected(parent, key, fields) for key, fields in grouped.items())

    def _gather(
        self,
        parent: GraphQLObjectType,
        selections: Iterable[SelectionNode],
        grouped: dict[str, list[FieldNode]],
        seen: set[str],
    ) -> None:
        for node in selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                grouped.setdefault(key, []).append(node)
            elif isinstance(node, FragmentSpreadNode):
                name = node.name.value
                fragment = self._fragments.get(name)
                if name in seen or fragment is None:
                    continue
                seen.add(name)
                if fragment.type_condition.name.value == parent.name:
                    self._gather(parent, fragment.selection_set.selections, grouped, seen)
            else:
                condition = getattr(node, "type_condition", None)
                if condition is None or condition.name.value == parent.name:
                    self._gather(parent, node.selection_set.selections, grouped, seen)  # type: ignore[attr-defined]  # inline fragment

    def _included(self, node: SelectionNode) -> bool:
        if not node.directives:
            return True
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        if skip and skip["if"]:
            return False
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not include or bool(include["if"])

    def _selected(self, parent: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Selected:
        name = nodes[0].name.value
        if name.startswith("__"):  # the type's name, or introspection, which is no business of the planner's
            return Selected(key, name, None, None, parent.name, shape=(key, name))
        definition = parent.fields[name]
        declared = planned_field(definition)
        arguments: Mapping[str, Any] = {}
        shapes: tuple[Hashable, ...] = ()
        if definition.args:
            arguments = get_argument_values(definition, nodes[0], self._variables)
            shapes = tuple(shape_of(each.type, arguments.get(arg)) for arg, each in definition.args.items())
            if declared is not None and isinstance(declared.source, Paged):
                rows_wanted(arguments.get("first"))  # refused whatever is selected of the page
        children: tuple[Selected, ...] = ()
        output = get_named_type(definition.type)
        if is_object_type(output):
            children = self.tree(output, [node.selection_set for node in nodes if node.selection_set])
        return Selected(
            key,
            name,
            declared,
            definition,
            parent.name,
            arguments,
            children,
            (key, name, shapes, tuple(child.shape for child in children)),
            nodes[0],
        )


def row_type(selected: Selected) -> GraphQLObjectType:
    """The type of the rows behind a field: behind a connection, that of its nodes."""
    found = selected.output
    if selected.declared is not None and isinstance(selected.declared.source, Paged):
        found = get_named_type(get_named_type(found.fields["edges"].type).fields["node"].type)
    return found  # type: ignore[no-any-return]  # planned fields with children are of object types


def guard_of(selected: Selected) -> Guard | None:
    """What guards the rows behind a field: the field's own guard, or the type's."""
    declared = selected.declared
    # Asked of the declaration, not of what is selected: an empty selection must not tell who exists either.
    if declared is None or isinstance(declared.source, Value | Same | Part):
        return None
    return declared.guard or declared_reads(row_type(selected)).guard


def permissions_of(tree: Iterable[Selected]) -> set[Permission]:
    """Every permission that the tree asks for: fields' own, and those that guard the types it reaches."""
    found: set[Permission] = set()
    for selected in tree:
        if selected.declared is None:
            continue
        if selected.declared.requires is not None:
            found.add(selected.declared.requires)
        guard = guard_of(selected)
        if guard is not None:
            found.add(guard.permission)
        found |= permissions_of(selected.children)
    return found


def touches_personal(tree: Iterable[Selected]) -> bool:
    """Whether the tree reads records of people, which an auditor's reading puts on record."""
    return any(
        ((guard := guard_of(selected)) is not None and guard.personal) or touches_personal(selected.children)
        for selected in tree
    )
