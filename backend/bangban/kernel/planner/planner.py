"""The planner's front: plans kept by shape, parameters bound by recipe, statements ready to run.

The cache key is the tree's shape, the side of the wall, the kind of caller and the variant of each permission
that the tree asks for. It never holds an argument's value, a grant or a row.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from bangban.kernel.planner.compiler import Compiler, Viewpoint
from bangban.kernel.planner.fields import Rows
from bangban.kernel.planner.parameters import Facts
from bangban.kernel.planner.reads import Guard, Reads
from bangban.kernel.planner.selection import Selected, permissions_of
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


class Planner:
    """Plans of one process: a bounded, least-recently-used store."""

    def __init__(self, *, most_plans: int = 2000) -> None:
        self._plans: OrderedDict[Hashable, Statement] = OrderedDict()
        self._most = most_plans
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        return len(self._plans)

    def operation(
        self, tree: tuple[Selected, ...], facts: Facts, *, audit: bool = False, platform: bool = False
    ) -> Ready:
        """The statement that answers a query operation's root fields of one side of the wall."""
        return self._ready(
            ("operation", platform),
            tree,
            facts,
            audit,
            lambda compiler: compiler.root(tree, platform=platform),
        )

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
        return self._ready(
            ("row", tag, guard and guard.permission, platform),
            children,
            facts,
            audit,
            lambda compiler: compiler.one_row(children, reads, where, guard, platform=platform),
            guard,
        )

    def _ready(  # noqa: PLR0917 - the one place behind the two above
        self,
        kind: Hashable,
        tree: tuple[Selected, ...],
        facts: Facts,
        audit: bool,
        compile_: Callable[[Compiler], Statement],
        guard: Guard | None = None,
    ) -> Ready:
        asked = permissions_of(tree) | ({guard.permission} if guard else set())
        variants = {permission: facts.grants.scope(permission).variant for permission in sorted(asked)}
        key = (
            kind,
            audit,
            facts.principal_kind,
            tuple(variants.items()),
            tuple(selected.shape for selected in tree),
        )
        statement = self._plans.get(key)
        if statement is None:
            self.misses += 1
            statement = compile_(Compiler(Viewpoint(audit, facts.principal_kind, variants)))
            self._plans[key] = statement
            if len(self._plans) > self._most:
                self._plans.popitem(last=False)
        else:
            self.hits += 1
            self._plans.move_to_end(key)
        arguments = tuple(recipe.value(tree, facts) for recipe in statement.recipes)
        return Ready(statement, arguments)
