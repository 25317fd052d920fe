"""Through mode: a query whose bytes go out as PostgreSQL built them, without graphql-core's execution.

What follows from the document is worked out once (`known`), what follows from which variables are given once
for each such form (`forms`), and the statement once for each permission variant (`planner`). What is left for a
request: coerce the variables, ask for the permissions, fill in the parameters, read, put braces around.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.graphql.context import Context
from bangban.kernel.graphql.recording import record_reading
from bangban.kernel.planner.forms import Form, form_of
from bangban.kernel.planner.getters import Coerced, NoGetter
from bangban.kernel.planner.parameters import Facts
from bangban.kernel.planner.recent import Recent
from bangban.kernel.planner.selection import Selected
from bangban.kernel.planner.statement import Statement
from bangban.kernel.problems import DistrictRequired
from bangban.kernel.tenancy.names import Wall
from bangban.web.costs import price
from bangban.web.known import KnownOperation
from bangban.web.preparing import Preparing, on_platform
from bangban.web.requests import Answer, Request
from bangban.web.texts import is_plain

_MOST_FORMS: Final = 4000


@dataclass(frozen=True, slots=True)
class _Statement:
    """What is to be read on one side of the wall."""

    sql: str
    arguments: list[Any]
    platform: bool
    of: Statement


class Through:
    """Answers what can be passed through, and leaves everything else to the walk."""

    def __init__(self, preparing: Preparing) -> None:
        self._preparing = preparing
        self._forms: Recent[tuple[Any, ...], Form] = Recent(_MOST_FORMS)

    async def answer(self, request: Request, context: Context) -> Answer | None:
        """The answer, or None where the operation is to be walked.

        Raises:
            Problem, ValidationFailed, GraphQLError: What walking raises for the same request.
        """
        known = self._preparing.known(request)
        given = request.variables
        if not is_plain(given, known.variables.names):
            known.check_texts(given)
        fitted = known.variables.fit(given) if known.passes else None
        if fitted is None:  # not a query of planned fields; or graphql-core says what does not fit
            return None
        coerced, shape = fitted
        cost = known.cost.check(coerced)
        try:
            form = self._form(known, request, coerced, shape)
            facts = await context.facts()
            if form.district and context.district is None:
                raise DistrictRequired(fields=("X-District",))
            facts.grants.variants(form.permissions)  # raises where one of them is not held
            sides = _sides(form, context)
            statements = [
                self._statement(form, known, request, context, facts, coerced, side, alone=len(sides) == 1)
                for side in sides
            ]
        except NoGetter:
            return None
        context.pay(price(known.kind, cost=cost, root_fields=1))
        if form.personal and context.auditing:
            await record_reading(context, list(form.names))
        if len(statements) == 1:
            data = await _read(statements[0], context)
        else:
            data = await _merged(statements, form, context)
        public = context.principal.kind is PrincipalKind.ANONYMOUS and context.ticket is None
        return Answer({}, raw=b'{"data":%b}' % data, cost=cost, public=public)

    def _form(
        self, known: KnownOperation, request: Request, coerced: Coerced, shape: tuple[Hashable, ...]
    ) -> Form:
        key = (known, shape)
        form = self._forms.find(key)
        if form is not None:
            if form.pages:
                form.check_pages(coerced)
            return form
        tree = self._preparing.tree(known, request)
        asked = known.asked({each.name for each in tree if each.declared is not None})
        return self._forms.keep(key, form_of(tree, asked=asked))

    def _statement(  # noqa: PLR0917 - one request, taken apart
        self,
        form: Form,
        known: KnownOperation,
        request: Request,
        context: Context,
        facts: Facts,
        coerced: Coerced,
        platform: bool,
        *,
        alone: bool,
    ) -> _Statement:
        """What is to be read on one side of the wall; all of it where that is the only one."""

        def tree() -> tuple[Selected, ...]:
            whole = self._preparing.tree(known, request)
            if alone:
                return whole
            return tuple(each for each in whole if each.declared and on_platform(each, context) is platform)

        planner, district = context.services.planner, context.district
        audit = context.auditing and not platform
        bound = planner.bound(
            form, tree, facts, audit=audit, platform=platform, in_district=district is not None
        )
        sql = (
            bound.statement.sql if platform else planner.text(bound.statement, context.get_district().schema)
        )
        return _Statement(sql, bound.arguments(coerced, facts), platform, bound.statement)


def _sides(form: Form, context: Context) -> tuple[bool, ...]:
    """The sides of the wall that are asked, True for the platform's."""
    inside = context.district is not None
    district = form.district or (form.either and inside)
    platform = form.platform or (form.either and not inside)
    if district:
        return (False, True) if platform else (False,)
    return (True,) if platform else ()


async def _merged(statements: Sequence[_Statement], form: Form, context: Context) -> bytes:
    """What the sides found, in the order asked for. What none of them answers is the name of the root type."""
    members: dict[str, Any] = {}
    for part in await asyncio.gather(*(_read(each, context) for each in statements)):
        members |= json.loads(part)
    merged = {key: members.get(key, "Query") for key in form.keys}
    return json.dumps(merged, ensure_ascii=False, separators=(",", ":")).encode()


async def _read(statement: _Statement, context: Context) -> bytes:
    reader = context.reader
    if statement.platform:
        return statement.of.passed(await reader.platform(statement.sql, statement.arguments))
    wall = Wall.AUDIT if context.auditing else Wall.READ
    slug = context.get_district().slug
    return statement.of.passed(await reader.district(slug, wall, statement.sql, statement.arguments))
