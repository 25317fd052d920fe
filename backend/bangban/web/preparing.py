"""Everything that is decided before an operation runs: what it is, what it costs, whether its caller may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from graphql import GraphQLObjectType, GraphQLSchema, OperationDefinitionNode, OperationType
from graphql.execution.values import VariableValues, get_variable_values

from bangban.kernel.access.grants import PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Context
from bangban.kernel.planner.selection import Selected, Selector, permissions_of
from bangban.kernel.problems import DistrictRequired, Problem
from bangban.web.costs import Costing
from bangban.web.documents import Document, Documents, ValidationFailed
from bangban.web.limits import MOST_NESTING, TooLarge
from bangban.web.requests import IntrospectionRefused, OnlyQueriesByGet, Request
from bangban.web.schema import asks_of_root
from bangban.web.texts import check_variables

_INTROSPECTION: Final = frozenset({"__schema", "__type"})
_SESSION_FIELDS: Final = frozenset({"signIn", "signInWithCode", "requestSignInCode", "refreshSession"})
_MOST_ERRORS: Final = 5


@dataclass(frozen=True)
class Prepared:
    """A request that may run."""

    document: Document
    operation: OperationDefinitionNode
    variables: VariableValues
    tree: tuple[Selected, ...]

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.operation.operation


class Preparing:
    """Prepares requests for the one schema of the process."""

    def __init__(self, schema: GraphQLSchema, *, introspection_for_anonymous: bool) -> None:
        self._schema = schema
        self._introspection_for_anonymous = introspection_for_anonymous
        self.documents = Documents(schema)

    async def prepare(self, request: Request, context: Context, *, only_queries: bool = False) -> Prepared:
        """The request, ready to run.

        Raises:
            Problem: It is refused.
            ValidationFailed, GraphQLError: Document, variables or arguments do not fit the schema.
        """
        try:
            prepared = self._fitted(request, context)
        except RecursionError as deep:  # variables can be nested as well
            raise TooLarge("nesting", MOST_NESTING) from deep
        if only_queries and prepared.kind is not OperationType.QUERY:
            raise OnlyQueriesByGet(fields=("query",))
        await self._authorise(prepared, context)
        return prepared

    def _fitted(self, request: Request, context: Context) -> Prepared:
        check_variables(request.variables)
        document = self.documents.get(request.query)
        operation = document.operation(request.operation_name)
        root = self._root_type(operation)
        definitions = operation.variable_definitions or ()
        variables = get_variable_values(
            self._schema, definitions, dict(request.variables), max_errors=_MOST_ERRORS
        )
        if isinstance(variables, list):
            raise ValidationFailed(variables)
        Costing(self._schema, document.fragments, variables.coerced).check(root, operation.selection_set)
        introspects = not _INTROSPECTION.isdisjoint(document.root_names(operation))
        if introspects and not self._may_introspect(context):
            raise IntrospectionRefused
        tree = Selector(document.fragments, variables).tree(root, [operation.selection_set])
        return Prepared(document, operation, variables, tree)

    def _may_introspect(self, context: Context) -> bool:
        return self._introspection_for_anonymous or context.principal.kind is not PrincipalKind.ANONYMOUS

    def _root_type(self, operation: OperationDefinitionNode) -> GraphQLObjectType:
        root = self._schema.get_root_type(operation.operation)
        if root is None:
            raise LookupError(operation.operation)
        return root

    async def _authorise(self, prepared: Prepared, context: Context) -> None:
        """Ask for one permission for each root field, and for those of the types it reaches."""
        grants = await context.grants()
        root = self._root_type(prepared.operation)
        asked: set[Permission] = set()
        for selected in prepared.tree:
            if selected.definition is None:
                continue
            asks = asks_of_root(root.name, selected.name)
            if asks.needs_district and context.district is None:
                raise DistrictRequired(fields=("X-District",))
            held = next((each for each in asks.permissions if grants.scope(each)), asks.permissions[0])
            asked.add(held)
        for permission in sorted(asked | permissions_of(prepared.tree)):
            grants.require(permission)

    def needs_no_token(self, request: Request) -> bool:
        """Whether the request only signs in or refreshes, for which a stale token is no obstacle."""
        try:
            document = self.documents.get(request.query)
            operation = document.operation(request.operation_name)
        except (Problem, ValidationFailed):
            return False
        names = document.root_names(operation)
        return operation.operation is OperationType.MUTATION and names <= _SESSION_FIELDS
