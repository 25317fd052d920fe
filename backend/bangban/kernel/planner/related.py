"""Related rows as JSON: at most one as an object, or all of a short list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ColumnElement, FromClause, Select, func, select

from bangban.kernel.planner.json_sql import EMPTY_LIST, NULL, are_names, json_list
from bangban.kernel.planner.parameters import Path
from bangban.kernel.planner.reads import Predicate, Reads
from bangban.kernel.planner.selection import Selected, guard_of
from bangban.kernel.planner.sources import Many, One, Pick, Rows

if TYPE_CHECKING:
    from bangban.kernel.planner.compiler import Compiler


@dataclass
class RelatedCompiler:
    """One related row, or one list of them, in the making."""

    compiler: Compiler
    selected: Selected
    source: One | Many
    reads: Reads
    rows: Rows
    around: tuple[FromClause, ...]
    site: Path

    def build(self) -> ColumnElement[Any]:
        """One expression: the object or null, or the list.

        Raises:
            LookupError: For a field that refuses and is no root field.
        """
        table = self.compiler.alias(self.reads)
        if isinstance(self.source, Many) and self.source.rows is not None:
            parent = Rows(c=None, parent=self.rows.c, request=self.rows.request)
            table = self.source.rows(parent, f"t{self.compiler.aliases}")
            if table is None:
                return NULL
        child = Rows(c=None if table is None else table.c, parent=self.rows.c, request=self.rows.request)
        pick = self._picked(child)
        if pick.drawn is not None:
            table, child = pick.drawn, replace(child, c=pick.drawn.c)
        inside = self.around if table is None else (*self.around, table)
        where = [pick.where, *self.compiler.guarded(guard_of(self.selected), child)]
        names = are_names(each.key for each in self.selected.children)
        if isinstance(self.source, Many) and table is not None and names:
            listed = self._listed(child, pick, where, inside)
            return func.coalesce(listed.correlate(*self.around).scalar_subquery(), EMPTY_LIST)
        made = self.compiler.object(self.selected.children, child, inside, self.site)
        if isinstance(self.source, Many):
            body: Select[Any] = select(json_list(made, *pick.order_by))
        else:
            body = select(made).order_by(*pick.order_by).limit(1)
        if table is not None:
            body = body.select_from(table)
        found = body.where(*where).correlate(*self.around).scalar_subquery()
        return func.coalesce(found, EMPTY_LIST) if isinstance(self.source, Many) else found

    def _picked(self, child: Rows) -> Pick:
        symbols = self.compiler.symbols.of(self.selected, self.site)
        picked = self.source.pick(child, **symbols)
        pick = picked if isinstance(picked, Pick) else Pick(picked)
        if pick.refusals and len(self.site) > 1:
            raise LookupError(f"{self.selected.name} refuses, and is no root field")
        self.compiler.refusals += pick.refusals
        return pick

    def _listed(
        self, rows: Rows, pick: Pick, where: list[Predicate], inside: tuple[FromClause, ...]
    ) -> Select[Any]:
        """All rows as one JSON list: whole rows go into ``json_agg``, which is faster than objects made before."""
        *around, table = inside
        columns = [
            self.compiler.value(each, rows, inside, (*self.site, each.key)).label(each.key)
            for each in self.selected.children
        ]
        body = select(*columns).select_from(table).where(*where).order_by(*pick.order_by).correlate(*around)
        self.compiler.aliases += 1
        # A name that no response key can have: a column of the same name would come before the whole row.
        whole = body.subquery(f"row {self.compiler.aliases}").table_valued()
        return select(func.json_agg(whole, type_=JSON()))
