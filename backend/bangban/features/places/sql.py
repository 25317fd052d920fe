"""What statements ask of service points: whether they stand, whether they are open, how far they are."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Date,
    Double,
    Text,
    and_,
    case,
    cast,
    collate,
    exists,
    func,
    literal,
    literal_column,
    or_,
)
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH

from bangban.features.places.rules import LONGEST_NUMBER
from bangban.features.places.tables import PartnerAgreementRow
from bangban.features.places.values import PARTNER_KINDS
from bangban.kernel.graphql.values import LOCAL_MINUTE
from bangban.kernel.planner.reads import Columns, Predicate
from bangban.kernel.planner.sources import RequestParameters

EARTH_METRES: Final = 6_371_008.8  # mean radius of the Earth, IUGG
_SLACK: Final = 1e-6  # degrees, some 10 cm: rounding does not leave out who is just inside
_POLAR: Final = 89.9  # degrees
# Strict: a lax path would take the pairs of minutes apart, and no point would ever be open.
_WITHIN: Final[ColumnElement[Any]] = literal_column(
    "'strict $[*] ? (@[0] <= $minute && $minute < @[1])'::jsonpath", JSONPATH()
)
_CLOSED: Final[ColumnElement[Any]] = literal_column("'[]'::jsonb", JSONB())


def natural(number: Any) -> tuple[ColumnElement[str], ColumnElement[str]]:
    """What numbers of windows are ordered by, as ``rules.natural`` has it: 2 before 10."""
    zeros = literal("0" * LONGEST_NUMBER + r"\1", Text())
    padded = func.regexp_replace(number, literal("([0-9]+)", Text()), zeros, literal("g", Text()))
    last = literal(f"[0-9]*([0-9]{{{LONGEST_NUMBER}}})", Text())
    cut = func.regexp_replace(padded, last, literal(r"\1", Text()), literal("g", Text()), type_=Text())
    return collate(cut, "C"), number


def stands_on(columns: Columns, day: ColumnElement[Any]) -> Predicate:
    """Whether the point is there on a day; a partner's, whether its agreement runs then, too (DOMAIN G09)."""
    agreement = PartnerAgreementRow.__table__.alias("standing_agreement")
    agreed = exists().where(
        agreement.c.id == columns.agreement_id, agreement.c.since <= day, agreement.c.until >= day
    )
    return and_(
        or_(columns.since.is_(None), columns.since <= day),
        or_(columns.until.is_(None), columns.until >= day),
        or_(columns.kind.not_in(sorted(PARTNER_KINDS)), agreed.correlate(columns.id.table)),
    )


def moment_of(request: RequestParameters, at: Any) -> ColumnElement[Any]:
    """The moment ``at``, or the request's own, by the district's clock and calendar."""
    found = request.bind(LOCAL_MINUTE, Text()) if at is None else request.derive(at, LOCAL_MINUTE, Text())
    return cast(found, JSONB)


def is_open(columns: Columns, moment: ColumnElement[Any]) -> Predicate:
    """Whether the point stands and is open at a moment that ``moment_of`` gave."""
    minute = func.jsonb_build_object("minute", moment["minute"], type_=JSONB())
    spans = columns.hours.op("->", return_type=JSONB())(moment["key"].astext)
    return and_(
        stands_on(columns, cast(moment["day"].astext, Date)),
        func.jsonb_path_exists(func.coalesce(spans, _CLOSED), _WITHIN, minute),
    )


def metres_between(
    longitude: Any, latitude: Any, other_longitude: Any, other_latitude: Any
) -> ColumnElement[float]:
    """The great-circle distance of two places in degrees, by the haversine formula. No road is that short."""
    north = func.sin(func.radians(other_latitude - latitude) / 2)
    east = func.sin(func.radians(other_longitude - longitude) / 2)
    scaled = func.cos(func.radians(latitude)) * func.cos(func.radians(other_latitude))
    chord = func.sqrt(north * north + scaled * east * east)
    return literal(2 * EARTH_METRES, Double()) * func.asin(func.least(literal(1.0, Double()), chord))


def place(longitude: Any, latitude: Any) -> ColumnElement[Any]:
    """A place as the index on service points has it."""
    return func.point(longitude, latitude)


def box_around(longitude: Any, latitude: Any, metres: Any) -> ColumnElement[Any]:
    """A box of degrees that holds everything within so many metres; all longitudes where that reaches a pole."""
    angle = metres / literal(EARTH_METRES, Double())
    high = func.degrees(angle) + literal(_SLACK, Double())
    ratio = func.sin(angle) / func.greatest(func.cos(func.radians(latitude)), literal(1e-9, Double()))
    turn = func.asin(func.greatest(literal(-1.0, Double()), func.least(literal(1.0, Double()), ratio)))
    polar = func.abs(latitude) + func.degrees(angle) >= literal(_POLAR, Double())
    wide = case((polar, literal(360.0, Double())), else_=func.degrees(turn) + literal(_SLACK, Double()))
    return func.box(
        func.point(longitude - wide, latitude - high), func.point(longitude + wide, latitude + high)
    )


def turned(longitude: Any) -> ColumnElement[float]:
    """The same meridian as degrees from -180 to 180, which is how points have it."""
    around: Any = literal(360.0, Double())
    found: ColumnElement[float] = longitude - around * func.floor((longitude + 180) / around)
    return found


def in_box(columns: Columns, box: ColumnElement[Any]) -> Predicate:
    """Whether the point lies in the box; the index finds those that do."""
    return place(columns.longitude, columns.latitude).op("<@", is_comparison=True)(box)
