"""A tree of selected fields → one SQL statement that builds the answer's JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    FromClause,
    Numeric,
    Text,
    case,
    cast,
    false,
    literal,
    or_,
    select,
)
from strawberry.utils.str_converters import to_snake_case

from bangban.kernel.access.grants import Variant
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.base import LTree
from bangban.kernel.planner.json_sql import EMPTY_LIST, NULL, JsonObject, RowObject, as_text
from bangban.kernel.planner.pages import PageCompiler, typename
from bangban.kernel.planner.parameters import Path, Recipe
from bangban.kernel.planner.reads import Guard, Predicate, Reads
from bangban.kernel.planner.related import RelatedCompiler
from bangban.kernel.planner.selection import Selected, declared_reads
from bangban.kernel.planner.sources import (
    Many,
    One,
    Paged,
    Refusal,
    RequestParameters,
    Rows,
    Same,
    Value,
    Way,
)
from bangban.kernel.planner.statement import Statement, finished
from bangban.kernel.planner.symbols import Symbols


@dataclass(frozen=True)
class Viewpoint:
    """What of the caller a statement's shape depends on."""

    audit: bool
    principal_kind: str
    variants: Mapping[Permission, Variant]


@dataclass
class Compiler:
    """Compiles one tree from one viewpoint; raises what ``judge`` refuses of the request that asks first."""

    viewpoint: Viewpoint
    judge: Callable[[Recipe], None]
    aliases: int = 0  # how many tables have a name of their own by now
    _platform: bool = False
    refusals: list[Refusal] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.symbols = Symbols(self.viewpoint.principal_kind, self.viewpoint.variants, self.judge)

    # ------------------------------------------------------------------ rows

    def alias(self, reads: Reads) -> FromClause | None:
        """The table under a name of its own; each call takes another name."""
        self.aliases += 1
        return None if reads.table is None else reads.table.alias(f"t{self.aliases}")

    def guarded(self, guard: Guard | None, rows: Rows) -> list[Predicate]:
        """The conditions that keep rows the caller may not see out of the statement."""
        if guard is None:
            return []
        variant = self.viewpoint.variants[guard.permission]
        if variant == "whole":
            return []
        allowed: list[Predicate] = []
        if variant in ("areas", "areas+own") and guard.within is not None:
            allowed.append(guard.within(rows.c, self.symbols.paths(guard.permission)))
        if variant in ("own", "areas+own") and guard.own is not None:
            allowed.append(guard.own(rows.c, rows.request))
        return [or_(*allowed)] if allowed else [false()]

    def ways(self, guard: Guard | None, request: RequestParameters) -> tuple[Way, ...] | None:
        """The same conditions as the alternatives by which rows are reached; None where they are one condition."""
        if guard is None or guard.ways is None:
            return None
        variant = self.viewpoint.variants[guard.permission]
        if variant in ("whole", "none"):
            return None
        paths = self.symbols.paths(guard.permission) if variant in ("areas", "areas+own") else None
        return guard.ways(request, paths, variant in ("own", "areas+own"))

    # ------------------------------------------------------------------ values

    def root(self, tree: tuple[Selected, ...], *, platform: bool = False) -> Statement:
        """The whole statement: one JSON object with a member for each root field.

        On the platform's side there are no district rows: what a caller has of them there is none.
        """
        self._platform = platform
        pairs = [
            (
                selected.key,
                self.value(selected, Rows(c=None, parent=None, request=self.symbols.request()), (), ()),
            )
            for selected in tree
        ]
        answer: ColumnElement[Any] = JsonObject(pairs)
        if self.refusals:
            refused = (
                (each.when, cast(literal(str(place), Text()), JSON()))
                for place, each in enumerate(self.refusals)
            )
            answer = case(*refused, else_=answer)
        return finished(select(answer), self.symbols.recipes, tuple(each.problem for each in self.refusals))

    def one_row(
        self,
        children: tuple[Selected, ...],
        reads: Reads,
        where: Any,
        guard: Guard | None = None,
        *,
        platform: bool = False,
    ) -> Statement:
        """One row of a type, picked by ``where(rows)``, as a JSON object."""
        self._platform = platform
        source = self.alias(reads)
        rows = Rows(c=None if source is None else source.c, parent=None, request=self.symbols.request())
        body = select(as_text(self.object(children, rows, (source,) if source is not None else (), ())))
        if source is not None:
            body = body.select_from(source).where(where(rows), *self.guarded(guard, rows))
        return finished(body, self.symbols.recipes)

    def object(
        self, children: tuple[Selected, ...], rows: Rows, around: tuple[FromClause, ...], site: Path
    ) -> ColumnElement[Any]:
        """A JSON object of ``children`` read from one row."""
        return RowObject(
            [(child.key, self.value(child, rows, around, (*site, child.key))) for child in children]
        )

    def value(
        self, selected: Selected, rows: Rows, around: tuple[FromClause, ...], site: Path
    ) -> ColumnElement[Any]:
        """One member of a JSON object."""
        if selected.declared is None:
            return typename(selected)
        site = site or (selected.key,)
        source = selected.declared.source
        if isinstance(source, Value):
            return self._scalar(selected, source, rows, site)
        if isinstance(source, Same):
            inner = rows
            if source.document is not None:
                inner = replace(rows, c=SimpleNamespace(value=source.document(rows)))
            made = self.object(selected.children, inner, around, site)
            return made if source.when is None else case((source.when(rows), made), else_=NULL)
        reads = declared_reads(selected.output)
        if selected.declared.table is not None:
            reads = replace(reads, table=selected.declared.table.__table__)
        if self._platform and reads.table is not None and not reads.platform:
            return EMPTY_LIST if isinstance(source, Many) else NULL
        if isinstance(source, Paged):
            return PageCompiler(self, selected, source, rows, around, site).build()
        if isinstance(source, One | Many):
            related = RelatedCompiler(self, selected, source, reads, rows, around, site).build()
            when = source.when if isinstance(source, Many) else None
            return related if when is None else case((when(rows), related), else_=NULL)
        raise TypeError(selected.name)

    def _scalar(self, selected: Selected, source: Value, rows: Rows, site: Path) -> ColumnElement[Any]:
        expression = source.auditor if self.viewpoint.audit and source.auditor else source.expression
        if expression is None:
            made = rows.c[to_snake_case(selected.name)]
        else:
            made = expression(rows, **self.symbols.of(selected, site))
        # Decimals are exact only as text; paths have no JSON form.
        return (
            cast(made, Text())
            if isinstance(made.type, Numeric | LTree) and not isinstance(made.type, BigInteger)
            else made
        )
