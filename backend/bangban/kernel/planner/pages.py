"""Pages of a connection: which rows (keyset), their nodes and cursors, then the connection around them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Text,
    and_,
    any_,
    case,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.kernel.planner.json_sql import EMPTY_LIST, JsonObject
from bangban.kernel.planner.paging import cursor_of
from bangban.kernel.planner.parameters import CursorKey, First, Path
from bangban.kernel.planner.reaching import Reaching
from bangban.kernel.planner.reads import Predicate
from bangban.kernel.planner.selection import Selected, declared_reads, guard_of, row_type
from bangban.kernel.planner.sources import Listing, Order, Paged, Rows

if TYPE_CHECKING:
    from bangban.kernel.planner.compiler import Compiler


def typename(selected: Selected) -> ColumnElement[str]:
    """``__typename``: no type of this schema is abstract, so it is known beforehand."""
    return literal_column(f"'{selected.parent_name}'", Text())


@dataclass
class PageCompiler:
    """One connection in the making."""

    compiler: Compiler
    selected: Selected
    source: Paged
    rows: Rows
    around: tuple[FromClause, ...]
    site: Path

    def build(self) -> ColumnElement[Any]:
        pairs = [(each.key, self._member(each)) for each in self.selected.children]
        made = JsonObject(pairs)
        if not self._needs_rows:
            return made
        # HAVING makes one row of the page, whichever members are asked for and however many rows it has.
        body = select(made).select_from(self._numbered()).having(true())
        return body.correlate(*self.around).scalar_subquery()

    def __post_init__(self) -> None:
        self._needs_rows = any(each.name in ("edges", "pageInfo") for each in self.selected.children)
        self._after = self.selected.arguments.get("after") is not None
        self._page: FromClause | None = None
        self._order: Order | None = None
        self.reads = declared_reads(row_type(self.selected))

    def listing(self) -> tuple[FromClause, Rows, Listing]:
        table = self.compiler.alias(self.reads)
        if table is None:
            raise TypeError(self.selected.name)
        child = Rows(c=table.c, parent=self.rows.c, request=self.rows.request)
        symbols = self.compiler.symbols.of(self.selected, self.site)
        return table, child, self.source.pick(child, **symbols)

    def _where(self, child: Rows, listing: Listing) -> list[Predicate]:
        conditions = [*listing.where, *self.compiler.guarded(guard_of(self.selected), child)]
        if listing.ways is not None:
            conditions.append(or_(*(way.holds(child.c) for way in listing.ways)))
        if listing.each is not None and listing.each.asked is not None:
            conditions.append(child.c[listing.each.column] == any_(listing.each.asked))
        return conditions

    def _numbered(self) -> FromClause:
        """The page's rows and one more, numbered in order."""
        if self._page is not None:
            return self._page
        table, child, listing = self.listing()
        order = listing.order
        inside = (*self.around, table)
        # Only what a cursor is made of: making one takes as long as a small object, and most rows need none.
        columns: list[Any] = [key.label(f"key_{number}") for number, key in enumerate(order.keys)]
        for position, edge in enumerate(self.selected.child("edges")):
            for number, node in enumerate(edge.child("node")):
                made = self.compiler.object(node.children, child, inside, (*self.site, edge.key, node.key))
                columns.append(made.label(f"node_{position}_{number}"))
        keys = [key.desc() if order.descending else key.asc() for key in order.keys]
        more = self.compiler.symbols.parameter(First(self.site, 1), BigInteger())
        reaching = Reaching(self, listing, more)
        if reaching.ways:
            reached = reaching.rows()
            source = table.join(reached, order.keys[-1] == list(reached.c)[-1])
            body = select(*columns).select_from(source)
        else:
            where = [*self._where(child, listing), *self.keyset(order)]
            body = select(*columns).select_from(table).where(*where)
        inner = body.order_by(*keys).limit(more).correlate(*self.around).subquery("rows_of_page")
        numbered = select(*inner.c, func.row_number().over().label("place")).subquery("page")
        self._page, self._order = numbered, order
        return numbered

    def _cursor(self, keys: Callable[[ColumnElement[Any]], ColumnElement[Any]]) -> ColumnElement[str]:
        """The cursor made of what ``keys`` makes of each column of keys."""
        page, order = self._numbered(), self._order
        if order is None:
            raise LookupError(self.selected.name)
        return cursor_of(order, [keys(page.c[f"key_{number}"]) for number in range(len(order.keys))])

    def keyset(self, order: Order) -> list[Predicate]:
        if not self._after:
            return []
        types = tuple(key.type for key in order.keys)
        bound = [
            self.compiler.symbols.parameter(CursorKey(self.site, index, order.tag, types), type_)
            for index, type_ in enumerate(types)
        ]
        here, there = tuple_(*order.keys), tuple_(*bound)
        return [here < there if order.descending else here > there]

    def _member(self, each: Selected) -> ColumnElement[Any]:
        if each.declared is None:
            return typename(each)
        if each.name == "totalCount":
            return self._total()
        page = self._numbered()
        wanted = self.compiler.symbols.parameter(First(self.site), BigInteger())
        shown = page.c.place <= wanted
        if each.name == "pageInfo":
            return self._page_info(each, wanted)
        position = list(self.selected.child("edges")).index(each)
        pairs: list[tuple[str, ColumnElement[Any]]] = []
        nodes = list(each.child("node"))
        for piece in each.children:
            if piece.declared is None:
                pairs.append((piece.key, typename(piece)))
            elif piece.name == "node":
                pairs.append((piece.key, page.c[f"node_{position}_{nodes.index(piece)}"]))
            else:
                pairs.append((piece.key, self._cursor(lambda key: key)))
        listed = func.json_agg(JsonObject(pairs)).filter(shown)
        return func.coalesce(listed, EMPTY_LIST)

    def _page_info(self, each: Selected, wanted: Any) -> ColumnElement[Any]:
        count = func.count()

        def at(place: ColumnElement[Any]) -> ColumnElement[Any]:
            made = self._cursor(lambda key: func.array_agg(key, type_=ARRAY(key.type))[place])
            return case((count > 0, made), else_=None)

        members: dict[str, Callable[[], ColumnElement[Any]]] = {
            "hasNextPage": lambda: count > wanted,
            "hasPreviousPage": lambda: true() if self._after else false(),
            "startCursor": lambda: at(literal(1, BigInteger())),
            "endCursor": lambda: at(func.least(count, wanted)),
        }
        return JsonObject(
            [
                (
                    piece.key,
                    members[piece.name]() if piece.declared is not None else typename(piece),
                )
                for piece in each.children
            ]
        )

    def _total(self) -> ColumnElement[Any]:
        table, child, listing = self.listing()
        reaching = Reaching(self, listing)
        if reaching.ways:
            return reaching.count()
        body = select(func.count()).select_from(table).where(and_(true(), *self._where(child, listing)))
        return body.correlate(*self.around).scalar_subquery()
