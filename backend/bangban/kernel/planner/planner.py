"""The planner's front: plans kept by shape, parameters bound by recipe, statements ready to run.

The cache key is the tree's shape, the side of the wall, the kind of caller and the variant of each permission
that the tree asks for. It never holds an argument's value, a grant or a row.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from bangban.kernel.access.grants import Variant
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.compiler import Compiler, Viewpoint
from bangban.kernel.planner.forms import Form
from bangban.kernel.planner.getters import Coerced, Getter
from bangban.kernel.planner.parameters import Facts, Recipe
from bangban.kernel.planner.reads import Guard, Reads
from bangban.kernel.planner.recent import Recent
from bangban.kernel.planner.selection import Selected, permissions_of
from bangban.kernel.planner.sources import Rows
from bangban.kernel.planner.statement import Statement
from bangban.kernel.tenancy.names import quoted
from bangban.kernel.tenancy.provisioning import SCHEMA_MARK


@dataclass(frozen=True)
class Ready:
    """A statement with its arguments, still to be told its schema."""

    statement: Statement
    arguments: tuple[Any, ...]

    def sql(self, schema: str) -> str:
        """The text for one district. ``schema`` is a checked identifier of ours."""
        return self.statement.sql.replace(SCHEMA_MARK, quoted(schema))


@dataclass(frozen=True, eq=False)
class Bound:
    """A statement with the ways to its parameters: what a request of a known form needs, and no value."""

    statement: Statement
    parameters: tuple[tuple[Recipe, Getter | None], ...]

    def arguments(self, coerced: Coerced, facts: Facts) -> list[Any]:
        """This request's parameters, in order; raises what their recipes refuse."""
        return [
            recipe.value(None if getter is None else getter(coerced), facts)
            for recipe, getter in self.parameters
        ]


class Planner:
    """Plans of one process, in bounded, least-recently-used stores.

    ``most_plans`` bounds the statements that are kept, and the bindings of forms to them; ``most_texts`` the
    statements that are kept written out for one district.
    """

    def __init__(self, *, most_plans: int = 2000, most_texts: int = 4000) -> None:
        self._plans: Recent[Hashable, Statement] = Recent(most_plans)
        self._bound: Recent[Hashable, Bound] = Recent(most_plans)
        self._texts: Recent[tuple[int, str], tuple[Statement, str]] = Recent(most_texts)
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        return len(self._plans)

    def operation(
        self, tree: tuple[Selected, ...], facts: Facts, *, audit: bool = False, platform: bool = False
    ) -> Ready:
        """The statement that answers a query operation's root fields of one side of the wall."""
        statement = self._operation(tree, facts, audit=audit, platform=platform)
        return _ready(statement, tree, facts)

    def bound(
        self,
        form: Form,
        tree: Callable[[], tuple[Selected, ...]],
        facts: Facts,
        *,
        audit: bool = False,
        platform: bool = False,
        in_district: bool = True,
    ) -> Bound:
        """The same for an operation of a known form. ``tree`` is only asked for where there is no plan yet.

        ``in_district`` says whether the request has a district, which decides the side of what is on either.
        Raises NoGetter where the form has no way to one of the arguments.
        """
        variants = facts.grants.variants(form.permissions)
        key = (form, audit, platform, in_district, facts.principal_kind, variants)
        found = self._bound.find(key)
        if found is None:
            statement = self._operation(tree(), facts, audit=audit, platform=platform)
            parameters = tuple(
                (recipe, None if recipe.place is None else form.getter(recipe.place))
                for recipe in statement.recipes
            )
            found = self._bound.keep(key, Bound(statement, parameters))
        else:
            self.hits += 1
        return found

    def text(self, statement: Statement, schema: str) -> str:
        """A statement written out for one district: the same object each time, so that it is hashed once."""
        key = (id(statement), schema)
        found = self._texts.find(key)
        if found is None:
            # The statement stands beside its text, so that no other can come by its id meanwhile.
            written = statement.sql.replace(SCHEMA_MARK, quoted(schema))
            found = self._texts.keep(key, (statement, written))
        return found[1]

    def row(
        self,
        children: tuple[Selected, ...],
        reads: Reads,
        where: Callable[[Rows], Any],
        facts: Facts,
        *,
        tag: str,
        audit: bool = False,
        guard: Guard | None = None,
        platform: bool = False,
    ) -> Ready:
        """The statement that reads one row back. ``tag`` stands for ``where`` in the cache."""
        statement = self._statement(
            ("row", tag, guard and guard.permission, platform),
            children,
            facts,
            audit,
            lambda compiler: compiler.one_row(children, reads, where, guard, platform=platform),
            guard,
        )
        return _ready(statement, children, facts)

    def _operation(
        self, tree: tuple[Selected, ...], facts: Facts, *, audit: bool, platform: bool
    ) -> Statement:
        return self._statement(
            ("operation", platform),
            tree,
            facts,
            audit,
            lambda compiler: compiler.root(tree, platform=platform),
        )

    def _statement(  # noqa: PLR0917 - the one place behind the three above
        self,
        kind: Hashable,
        tree: tuple[Selected, ...],
        facts: Facts,
        audit: bool,
        compile_: Callable[[Compiler], Statement],
        guard: Guard | None = None,
    ) -> Statement:
        asked = permissions_of(tree) | ({guard.permission} if guard else set())
        variants: Mapping[Permission, Variant] = {
            permission: facts.grants.scope(permission).variant for permission in sorted(asked)
        }
        key = (
            kind,
            audit,
            facts.principal_kind,
            tuple(variants.items()),
            tuple(selected.shape for selected in tree),
        )
        statement = self._plans.find(key)
        if statement is None:
            self.misses += 1
            viewpoint = Viewpoint(audit, facts.principal_kind, variants)
            compiler = Compiler(viewpoint, lambda recipe: _value(recipe, tree, facts))
            return self._plans.keep(key, compile_(compiler))
        self.hits += 1
        return statement


def _ready(statement: Statement, tree: tuple[Selected, ...], facts: Facts) -> Ready:
    return Ready(statement, tuple(_value(recipe, tree, facts) for recipe in statement.recipes))


def _value(recipe: Recipe, tree: tuple[Selected, ...], facts: Facts) -> Any:
    return recipe.value(recipe.place and recipe.place.within(tree), facts)
