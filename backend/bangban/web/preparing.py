"""Everything that is decided before an operation runs: what it is, what it costs, whether its caller may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from graphql import GraphQLSchema, OperationType
from graphql.execution.values import VariableValues, get_variable_values

from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Context
from bangban.kernel.planner.selection import Selected, Selector, permissions_of
from bangban.kernel.problems import DistrictLeaving, DistrictRequired, Problem
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.web.asks import asks_of_root
from bangban.web.costs import price
from bangban.web.documents import Documents, ValidationFailed
from bangban.web.known import KnownOperation
from bangban.web.limits import MOST_NESTING, TooLarge
from bangban.web.requests import IntrospectionRefused, OnlyQueriesByGet, Request

# What people of a district have to do before it is open to the public: an administrator's invitation comes first.
_EARLY_FIELDS: Final = frozenset(
    {"signIn", "refreshSession", "acceptInvitation", "requestPasswordReset", "resetPassword"}
)
_SESSION_FIELDS: Final = _EARLY_FIELDS | {"signInWithCode", "requestSignInCode"}
_MOST_ERRORS: Final = 5
_WHILE_LEAVING: Final = frozenset(
    {
        Permission.DISTRICT_LEAVE,
        Permission.SESSION_SIGN_IN,
        Permission.SESSION_REFRESH,
        Permission.SESSION_END,
    }
)
"""What may still be done in a district that leaves."""


@dataclass(frozen=True)
class Prepared:
    """A request that may run."""

    known: KnownOperation
    tree: tuple[Selected, ...]
    cost: int


class Preparing:
    """Prepares requests for the one schema of the process."""

    def __init__(self, schema: GraphQLSchema, *, introspection_for_anonymous: bool) -> None:
        self._schema = schema
        self._introspection_for_anonymous = introspection_for_anonymous
        self.documents = Documents(schema)

    def known(self, request: Request) -> KnownOperation:
        """The operation that a request names; raises what reading its document raises."""
        document = self.documents.get(request.query)
        name = request.operation_name
        found = document.known.get(name)
        if found is None:
            definition = document.operation(name)
            found = document.known[name] = KnownOperation(self._schema, document, definition)
        return found

    def tree(self, known: KnownOperation, request: Request) -> tuple[Selected, ...]:
        """What a request selects, with its arguments; raises as ``prepare``."""
        return self._tree(known, self._variables(known, request))

    async def prepare(self, request: Request, context: Context, *, only_queries: bool = False) -> Prepared:
        """The request, ready to be walked.

        Raises:
            Problem: It is refused.
            ValidationFailed, GraphQLError: Document, variables or arguments do not fit the schema.
        """
        known = self.known(request)
        known.check_texts(request.variables)
        variables = self._variables(known, request)
        cost = known.cost.check(variables.coerced)
        if known.introspects and not self._may_introspect(context):
            raise IntrospectionRefused
        tree = self._tree(known, variables)
        if only_queries and known.kind is not OperationType.QUERY:
            raise OnlyQueriesByGet(fields=("query",))
        prepared = Prepared(known, tree, cost)
        await self._authorise(prepared, context)
        context.pay(price(known.kind, cost=cost, root_fields=len(tree)))
        return prepared

    def _variables(self, known: KnownOperation, request: Request) -> VariableValues:
        definitions = known.definition.variable_definitions or ()
        try:
            found = get_variable_values(
                self._schema, definitions, dict(request.variables), max_errors=_MOST_ERRORS
            )
        except RecursionError as deep:  # variables can be nested as well
            raise TooLarge("nesting", MOST_NESTING) from deep
        if isinstance(found, list):
            raise ValidationFailed(found)
        return found

    def _tree(self, known: KnownOperation, variables: VariableValues) -> tuple[Selected, ...]:
        selector = Selector(known.document.fragments, variables)
        return selector.tree(known.root, [known.definition.selection_set])

    def _may_introspect(self, context: Context) -> bool:
        return self._introspection_for_anonymous or context.principal.kind is not PrincipalKind.ANONYMOUS

    async def _authorise(self, prepared: Prepared, context: Context) -> None:
        """Ask for one permission for each root field, and for those of the types it reaches."""
        grants = await context.grants()
        asked: set[Permission] = set()
        for selected in prepared.tree:
            if selected.definition is None:
                continue
            asks = asks_of_root(prepared.known.root.name, selected.name)
            if asks.needs_district and context.district is None:
                raise DistrictRequired(fields=("X-District",))
            held = next((each for each in asks.permissions if grants.scope(each)), asks.permissions[0])
            asked.add(held)
        if _closing(context) and prepared.known.kind is not OperationType.QUERY and asked - _WHILE_LEAVING:
            raise DistrictLeaving
        for permission in sorted(asked | permissions_of(prepared.tree)):
            grants.require(permission)

    def needs_no_token(self, request: Request) -> bool:
        """Whether the request only asks to be let in, for which a stale token is no obstacle."""
        return self._does_only(request, _SESSION_FIELDS)

    def comes_early(self, request: Request) -> bool:
        """Whether the request only does what may be done in a district that is not open yet."""
        return self._does_only(request, _EARLY_FIELDS)

    def _does_only(self, request: Request, fields: frozenset[str]) -> bool:
        try:
            document = self.documents.get(request.query)
            operation = document.operation(request.operation_name)
        except (Problem, ValidationFailed):
            return False
        names = document.root_names(operation)
        return operation.operation is OperationType.MUTATION and names <= fields


def _closing(context: Context) -> bool:
    return context.district is not None and context.district.status is DistrictStatus.LEAVING


def on_platform(selected: Selected, context: Context) -> bool:
    """On which side of the wall a planned root field is read."""
    declared = selected.declared
    if declared is None:
        return False
    return context.district is None if declared.platform is None else declared.platform
