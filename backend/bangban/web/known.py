"""An operation of a known document, with all that follows from the document alone worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from graphql import GraphQLObjectType, GraphQLSchema, OperationDefinitionNode, OperationType

from bangban.kernel.access.vocabulary import Permission
from bangban.web.asks import asks_of_root
from bangban.web.costs import compile_cost
from bangban.web.documents import Document
from bangban.web.texts import check_given
from bangban.web.variables import Variables

_INTROSPECTION: Final = frozenset({"__schema", "__type"})


class KnownOperation:
    """One operation of a document that fits the schema and the limits. It is its own key, and holds no value."""

    __slots__ = ("cost", "definition", "document", "introspects", "kind", "passes", "root", "variables")

    def __init__(
        self, schema: GraphQLSchema, document: Document, definition: OperationDefinitionNode
    ) -> None:
        root = schema.get_root_type(definition.operation)
        if root is None:
            raise LookupError(definition.operation)
        self.document = document
        self.definition = definition
        self.kind = definition.operation
        self.root: GraphQLObjectType = root
        self.variables = Variables(schema, definition.variable_definitions or ())
        self.cost = compile_cost(schema, document.fragments, root, definition.selection_set)
        self.introspects = not _INTROSPECTION.isdisjoint(document.root_names(definition))
        self.passes = self.kind is OperationType.QUERY and not self.introspects

    def check_texts(self, given: Mapping[str, Any]) -> None:
        """Raises UnstorableText and TooLarge, as ``check_given``."""
        check_given(given, (self.definition, *self.document.fragments.values()))

    def asked(self, names: set[str]) -> set[Permission]:
        """The permissions that a query's root fields ask for, each its own one."""
        return {asks_of_root(self.root.name, name).permissions[0] for name in names}
