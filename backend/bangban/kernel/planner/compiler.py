"""A tree of selected fields → one SQL statement that builds the answer's JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    FromClause,
    Numeric,
    Select,
    Text,
    case,
    cast,
    false,
    func,
    or_,
    select,
)
from strawberry.utils.str_converters import to_snake_case

from bangban.kernel.access.grants import Variant
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.base import LTree
from bangban.kernel.planner.fields import Many, One, Paged, Pick, RequestParameters, Rows, Same, Value, Way
from bangban.kernel.planner.json_sql import (
    EMPTY_LIST,
    NULL,
    JsonObject,
    RowObject,
    are_names,
    as_text,
    json_list,
)
from bangban.kernel.planner.pages import PageCompiler, typename
from bangban.kernel.planner.parameters import Path
from bangban.kernel.planner.reads import Guard, Predicate, Reads
from bangban.kernel.planner.selection import Selected, declared_reads, guard_of
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
    """Compiles one tree from one viewpoint."""

    viewpoint: Viewpoint
    _aliases: int = 0
    _platform: bool = False

    def __post_init__(self) -> None:
        self.symbols = Symbols(self.viewpoint.principal_kind, self.viewpoint.variants)

    # ------------------------------------------------------------------ rows

    def alias(self, reads: Reads) -> FromClause | None:
        """The table under a name of its own; each call takes another name."""
        self._aliases += 1
        return None if reads.table is None else reads.table.alias(f"t{self._aliases}")

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
        return finished(select(JsonObject(pairs)), self.symbols.recipes)

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
            made = self.object(selected.children, rows, around, site)
            return made if source.when is None else case((source.when(rows), made), else_=NULL)
        reads = declared_reads(selected.output)
        if selected.declared.table is not None:
            reads = replace(reads, table=selected.declared.table.__table__)
        if self._platform and reads.table is not None and not reads.platform:
            return EMPTY_LIST if isinstance(source, Many) else NULL
        if isinstance(source, Paged):
            return PageCompiler(self, selected, source, rows, around, site).build()
        if isinstance(source, One | Many):
            related = self._related(selected, source, reads, rows, around, site)
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

    def _related(  # noqa: PLR0917 - one step of a recursion, its whole state
        self,
        selected: Selected,
        source: One | Many,
        reads: Reads,
        rows: Rows,
        around: tuple[FromClause, ...],
        site: Path,
    ) -> ColumnElement[Any]:
        table = self.alias(reads)
        if isinstance(source, Many) and source.rows is not None:
            table = source.rows(Rows(c=None, parent=rows.c, request=rows.request), f"t{self._aliases}")
            if table is None:
                return NULL
        child = Rows(c=None if table is None else table.c, parent=rows.c, request=rows.request)
        picked = source.pick(child, **self.symbols.of(selected, site))
        pick = picked if isinstance(picked, Pick) else Pick(picked)
        if pick.drawn is not None:
            table, child = pick.drawn, replace(child, c=pick.drawn.c)
        inside = around if table is None else (*around, table)
        guards = self.guarded(guard_of(selected), child)
        if (
            isinstance(source, Many)
            and table is not None
            and are_names(each.key for each in selected.children)
        ):
            listed = self._listed(selected.children, child, pick, guards, inside, site)
            return func.coalesce(listed.correlate(*around).scalar_subquery(), EMPTY_LIST)
        made = self.object(selected.children, child, inside, site)
        if isinstance(source, Many):
            body: Select[Any] = select(json_list(made, *pick.order_by))
        else:
            body = select(made).order_by(*pick.order_by).limit(1)
        if table is not None:
            body = body.select_from(table)
        body = body.where(pick.where, *guards).correlate(*around)
        found = body.scalar_subquery()
        return func.coalesce(found, EMPTY_LIST) if isinstance(source, Many) else found

    def _listed(  # noqa: PLR0917 - one step of a recursion, its whole state
        self,
        children: tuple[Selected, ...],
        rows: Rows,
        pick: Pick,
        guards: list[Predicate],
        inside: tuple[FromClause, ...],
        site: Path,
    ) -> Select[Any]:
        """All rows as one JSON list: whole rows go into ``json_agg``, which is faster than objects made before."""
        *around, table = inside
        columns = [self.value(child, rows, inside, (*site, child.key)).label(child.key) for child in children]
        body = (
            select(*columns)
            .select_from(table)
            .where(pick.where, *guards)
            .order_by(*pick.order_by)
            .correlate(*around)
        )
        self._aliases += 1
        # A name that no response key can have: a column of the same name would come before the whole row.
        whole = body.subquery(f"row {self._aliases}").table_valued()
        return select(func.json_agg(whole, type_=JSON()))
