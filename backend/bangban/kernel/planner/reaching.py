"""Rows that a page reaches by several ways, each in the page's order.

``area IN (…) OR holder = me … ORDER BY … LIMIT 20`` makes PostgreSQL choose between reading all rows that match
and walking the order until enough of them came by; both grow with the table. Taken apart, every value of every way
gives its first rows from an index, and the page is the first of these. So a page costs as many rows as there are
values, times its size, whatever the table's size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    Text,
    any_,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.dialects.postgresql import array

from bangban.kernel.planner.reads import Predicate
from bangban.kernel.planner.selection import guard_of
from bangban.kernel.planner.sources import Each, Listing, Rows, Way

if TYPE_CHECKING:
    from bangban.kernel.planner.pages import PageCompiler

EVERYTHING = Way(column="")
"""No way in particular: what is left where only the values of an ``Each`` are told apart."""


@dataclass
class Reaching:
    """The ways of one listing: those that it names, or those of the guard. None where one condition does."""

    page: PageCompiler
    listing: Listing
    more: ColumnElement[Any] | None = None  # how many rows, of each value and of all

    def __post_init__(self) -> None:
        self.guarded = self.listing.ways is not None
        self.ways: tuple[Way, ...] = self._chosen()

    def _chosen(self) -> tuple[Way, ...]:
        listing, page = self.listing, self.page
        if listing.searched:
            return ()
        ways = listing.ways
        if ways is None:
            ways = page.compiler.ways(guard_of(page.selected), page.rows.request)
        if ways is not None:
            alone = len(ways) == 1 and ways[0].among is None and listing.each is None
            return () if alone else ways
        asked = listing.each is not None and listing.each.asked is not None
        return (EVERYTHING,) if asked and self.more is not None and not self._own_only() else ()

    def _own_only(self) -> bool:
        """Whether the guard leaves so few rows, the applicant's own, that telling values apart gains nothing."""
        guard = guard_of(self.page.selected)
        return guard is not None and self.page.compiler.viewpoint.variants[guard.permission] != "whole"

    # ------------------------------------------------------------------ rows

    def rows(self) -> FromClause:
        """The order's keys of the page's rows and one more, whichever way they were reached."""
        reached = [self._first_of(way) for way in self.ways]
        every = (reached[0] if len(reached) == 1 else union(*reached)).subquery("reached")
        keys = [key.desc() if self.listing.order.descending else key.asc() for key in every.c]
        return select(*every.c).order_by(*keys).limit(self.more).subquery("first_reached")

    def _first_of(self, way: Way) -> Select[Any]:
        """The first rows of each value of one way."""
        table, child, listing = self.page.listing()
        where, sources = self._conditions(way, child, listing)
        keys = listing.order.keys
        ordered = [key.desc() if listing.order.descending else key.asc() for key in keys]
        first = (
            select(*(key.label(f"key_{number}") for number, key in enumerate(keys)))
            .select_from(table)
            .where(*where, *self.page.keyset(listing.order))
            .order_by(*ordered)
            .limit(self.more)
            .correlate(*self.page.around, *sources)
        )
        if not sources:
            return select(*(alone := first.subquery()).c).select_from(alone)
        found = first.lateral()
        joined: FromClause = sources[0]
        for each in (*sources[1:], found):
            joined = joined.join(each, true())
        return select(*found.c).select_from(joined)

    def _conditions(
        self, way: Way, child: Rows, listing: Listing
    ) -> tuple[list[Predicate], list[FromClause]]:
        """What rows of one way meet, and the values that are tried one after the other."""
        where = list(listing.where)
        if self.guarded:
            where += self.page.compiler.guarded(guard_of(self.page.selected), child)
        if way.also is not None:
            where.append(way.also(child.c))
        sources: list[FromClause] = []
        if way.among is not None:
            values = way.among.subquery()
            sources.append(values)
            where.append(child.c[way.column] == values.c[0])
        elif way.value is not None:
            where.append(child.c[way.column] == way.value)
        each = listing.each
        if each is None:
            return where, sources
        if child.c[each.column].nullable:  # a row without a value would be reached by none
            raise TypeError(each.column)
        if self.more is not None and child.c.get(way.column) is not listing.order.keys[-1]:
            values = select(_values(each).label("value")).distinct().subquery()
            sources.append(values)
            where.append(child.c[each.column] == values.c.value)
        elif each.asked is not None:
            where.append(child.c[each.column] == any_(each.asked))
        return where, sources

    # ------------------------------------------------------------------ counts

    def count(self) -> ColumnElement[Any]:
        """How many rows there are: of each way those that none before it reaches."""
        parts = [self._count_of(place) for place in range(len(self.ways))]
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        return total

    def _count_of(self, place: int) -> ColumnElement[Any]:
        table, child, listing = self.page.listing()
        where, sources = self._conditions(self.ways[place], child, listing)
        before = [way.holds(child.c) for way in self.ways[:place]]
        if before:  # what a condition cannot say of a row counts as no
            where.append(not_(func.coalesce(or_(*before), false())))
        counted = (
            select(func.count().label("rows"))
            .select_from(table)
            .where(*where)
            .correlate(*self.page.around, *sources)
        )
        if not sources:
            return counted.scalar_subquery()
        found = counted.lateral()
        summed = cast(func.coalesce(func.sum(found.c.rows), 0), BigInteger())
        return (
            select(summed)
            .select_from(sources[0].join(found, true()))
            .correlate(*self.page.around)
            .scalar_subquery()
        )


def _values(each: Each) -> ColumnElement[Any]:
    if each.asked is not None:
        return func.unnest(each.asked)
    return func.unnest(array([literal(value, Text()) for value in each.every]))
