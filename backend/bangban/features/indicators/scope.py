"""What is asked for: which days, which areas, which mechanisms; and the rows that answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Numeric,
    Select,
    Text,
    and_,
    any_,
    cast,
    column,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
    values,
)

from bangban.features.areas.graphql import areas_under, areas_within
from bangban.features.indicators.catalog import CATALOG
from bangban.features.indicators.values import IndicatorKey, Mechanism
from bangban.features.people.graphql import ViewerKind
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.reads import Columns, Predicate
from bangban.kernel.planner.sources import Period, RequestParameters, Rows

DECIMALS: Final = 4
USUAL_DAYS: Final = 30
MOST_DAYS: Final = 366


@dataclass(frozen=True)
class Asked:
    """The days, the areas and the mechanisms of one question, for the statements that answer it."""

    request: RequestParameters
    period: Period
    mechanisms: ColumnElement[Any] | None
    areas: FromClause | None = field(default=None)  # their ids; None: the whole district

    @classmethod
    def of(cls, rows: Rows, *, area_id: Any, since: Any, until: Any, mechanisms: Any) -> Asked:
        period = rows.request.period(since, until, usual=USUAL_DAYS, most=MOST_DAYS)
        paths = rows.request.granted(Permission.INDICATORS_READ)
        chosen: Select[Any] | None = None
        if area_id is not None:
            chosen = areas_under(area_id)
        if paths is not None:
            held = areas_within(paths)
            chosen = held if chosen is None else chosen.where(chosen.selected_columns.id.in_(held))
        areas = None if chosen is None else chosen.cte().prefix_with("MATERIALIZED")
        return cls(rows.request, period, mechanisms, areas)

    @property
    def audit(self) -> bool:
        """Whether an auditor asks, who may not read what says that somebody is in need."""
        return self.request.principal_kind == ViewerKind.AUDITOR

    @property
    def today(self) -> Any:
        return self.request.bind("today", self.period.until.type)

    @property
    def now(self) -> Any:
        return self.request.bind("now", self.period.ends.type)

    def here(self, area_id: Any) -> Predicate:
        """Whether something of this area counts."""
        return true() if self.areas is None else area_id.in_(select(self.areas.c.id))

    @property
    def somewhere(self) -> Predicate:
        """Whether there is any area to look at: elsewhere there is nothing to tell, not even that it is nothing."""
        return true() if self.areas is None else select(self.areas.c.id).exists()

    def at_points(self, name: str) -> tuple[Any, Predicate]:
        """Service points under a name of the caller's, and whether one counts."""
        point = ServicePointRow.__table__.alias(name)
        return point, self.here(point.c.area_id)

    def on(self, day: Any) -> Predicate:
        """Whether a day is one of the period's."""
        return and_(day >= self.period.since, day <= self.period.until)

    def within(self, moment: Any) -> Predicate:
        """Whether a moment is on one of its days."""
        return and_(moment >= self.period.begins, moment < self.period.ends)

    def wants(self, mechanism: Mechanism) -> Predicate:
        """Whether the mechanism is asked about. A constant for PostgreSQL: what is not is not looked at."""
        if self.mechanisms is None:
            return true()
        return literal(mechanism.value, Text()) == any_(self.mechanisms)

    def rows(self, columns: Columns) -> Rows:
        """Columns as declarations of the API want them, which say the same of a row there."""
        return Rows(c=columns, parent=columns, request=self.request)


@dataclass(frozen=True)
class Line:
    """One indicator: its value, the counts behind it, and of which of several things it is."""

    key: IndicatorKey
    value: Any
    part: Any = None
    whole: Any = None
    label: Any = None


def count(key: IndicatorKey, number: Any, *, label: Any = None) -> Line:
    """So many."""
    return Line(key, func.coalesce(number, 0), label=label)


def share(key: IndicatorKey, part: Any, whole: Any, *, label: Any = None) -> Line:
    """A part of a whole, 0 to 1; null of nothing."""
    return Line(key, cast(part, Numeric()) / func.nullif(whole, 0), part, whole, label)


def measure(key: IndicatorKey, value: Any, *, part: Any = None, whole: Any = None, label: Any = None) -> Line:
    """Something that is measured; null where there is nothing to measure."""
    return Line(key, value, part, whole, label)


def told(asked: Asked, source: FromClause, *lines: Line) -> Select[Any]:
    """Rows of indicators from what was counted: one for each line and row of ``source``, if any of them is wanted."""
    told = values(*_COLUMNS, name="told").data([_row(line) for line in lines]).lateral()
    wanted = or_(
        *(asked.wants(each) for each in dict.fromkeys(CATALOG[line.key].mechanism for line in lines))
    )
    return select(*told.c).select_from(source.join(told, true())).where(wanted)


def unknown(asked: Asked, *keys: IndicatorKey) -> Select[Any]:
    """Indicators that this caller is told nothing of."""
    once = select(literal(1, Integer()).label("once")).subquery()
    return told(asked, once, *(Line(key, null()) for key in keys))


_COLUMNS: Final = (
    column("place", Integer()),
    column("label", Text()),
    column("value", Numeric()),
    column("part", Numeric()),
    column("whole", Numeric()),
)
_PLACES: Final = {key: place for place, key in enumerate(CATALOG)}


def _row(line: Line) -> tuple[Any, ...]:
    said = (line.value, line.part, line.whole)
    numbers = (cast(null() if each is None else each, Numeric()) for each in said)
    label = null() if line.label is None else line.label
    return (literal(_PLACES[line.key], Integer()), cast(label, Text()), *numbers)


def named(asked: Asked, found: Sequence[Select[Any]]) -> FromClause:
    """The rows of all groups with what the catalog says of each."""
    known = values(
        column("place", Integer()),
        *(column(name, Text()) for name in ("mechanism", "key", "unit", "name", "name_en")),
        name="known",
    ).data(
        [
            (_PLACES[key], entry.mechanism.value, key.value, entry.unit.value, entry.zh, entry.en)
            for key, entry in CATALOG.items()
        ]
    )
    each = union_all(*found).subquery()
    wanted = true() if asked.mechanisms is None else known.c.mechanism == any_(asked.mechanisms)
    return (
        select(
            *known.c,
            each.c.label,
            func.trim_scale(func.round(each.c.value, DECIMALS), type_=Numeric()).label("value"),
            cast(each.c.part, BigInteger()).label("part"),
            cast(each.c.whole, BigInteger()).label("whole"),
        )
        .select_from(each.join(known, known.c.place == each.c.place))
        .where(wanted, asked.somewhere)
        .subquery()
    )
