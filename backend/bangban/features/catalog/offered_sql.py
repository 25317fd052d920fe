"""What can be done at a service point on a day: the rule of ``delegations`` as part of a statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Select,
    Text,
    and_,
    any_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.areas.graphql import containing_path
from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.tables import DelegationRow, ServiceItemRow
from bangban.features.catalog.values import DelegationScope
from bangban.features.places.sql import stands_on
from bangban.features.places.tables import PartnerAgreementRow, ServiceWindowRow, TerminalRow
from bangban.features.places.values import PARTNER_KINDS, WindowKind
from bangban.kernel.database.terms import runs_on
from bangban.kernel.planner.elements import tables_of
from bangban.kernel.planner.reads import Columns, Predicate

_REACH = {scope.value: scope.reach for scope in DelegationScope}


def in_force_on(columns: Columns, day: Any) -> Predicate:
    """Whether a version holds on a day."""
    return and_(
        columns.effective_from <= day, or_(columns.effective_to.is_(None), columns.effective_to > day)
    )


def live_on(columns: Columns, day: ColumnElement[Any]) -> Predicate:
    """Whether a delegation holds on a day."""
    return and_(runs_on(columns, day), or_(columns.withdrawn_on.is_(None), columns.withdrawn_on > day))


def offered(point: Columns, day: ColumnElement[Any]) -> Select[Any]:
    """The items in force that a point takes on a day: ``item_id``, ``code`` and ``scope``. Of the point's own row.

    A window or a terminal must take the item, where the point has windows or terminals at all.
    """
    item = ServiceItemRow.__table__.alias("offered_item")
    area = AreaRow.__table__.alias("point_area")
    reach = func.greatest(_by_level(point, area, item), _by_delegation(point, area, item, day))
    scopes = select(item.c.id.label("item_id"), item.c.code, item.c.details, reach.label("reach"))
    scopes = scopes.select_from(item.join(area, area.c.id == point.area_id)).where(
        in_force_on(item.c, day),
        stands_on(point, day),
        _agreed(point, item, day),
        _taken(point, item, day),
    )
    known = scopes.correlate(point.id.table).lateral("offered_scopes")
    scope = case(*((known.c.reach == each.reach, literal(each.value, Text())) for each in DelegationScope))
    return select(known.c.item_id, known.c.code, scope.label("scope")).where(known.c.reach > 0)


def _partner(point: Columns) -> Predicate:
    return point.kind.in_(sorted(PARTNER_KINDS))


def _by_level(point: Columns, area: Any, item: Any) -> Any:
    only = func.coalesce(cast(item.c.details["delegated_only"].astext, Boolean()), false())
    settled = or_(_partner(point), and_(only, area.c.level != item.c.level))
    return case(
        (settled, 0),
        (area.c.level == any_(item.c.handled_at), DelegationScope.FULL.reach),
        (area.c.level == any_(item.c.pre_checked_at), DelegationScope.PRE_CHECK.reach),
        else_=0,
    )


def _by_delegation(point: Columns, area: Any, item: Any, day: Any) -> Any:
    given, unit = DelegationRow.__table__.alias("given"), AreaRow.__table__.alias("unit")
    above = exists().where(unit.c.id == given.c.to_area_id, containing_path(unit.c.path, area.c.path))
    above = above.correlate(given, area)
    reach = cast(case(_REACH, value=given.c.scope), BigInteger())
    found = select(func.coalesce(func.max(reach), 0)).where(
        given.c.service_code == item.c.code,
        given.c.staff_id.is_(None),  # a person's own is no offer of the point's
        live_on(given.c, day),
        or_(given.c.to_point_id == point.id, and_(~_partner(point), above)),
    )
    return found.correlate(*tables_of(point.id, area.c.id, item.c.id)).scalar_subquery()


def _agreed(point: Columns, item: Any, day: Any) -> Predicate:
    agreement = PartnerAgreementRow.__table__.alias("agreed")
    runs = exists().where(
        agreement.c.id == point.agreement_id,
        agreement.c.since <= day,
        agreement.c.until >= day,
        item.c.code == any_(agreement.c.service_codes),
    )
    return or_(~_partner(point), runs.correlate(*tables_of(point.id, item.c.id)))


def _taken(point: Columns, item: Any, day: Any) -> Predicate:
    window = ServiceWindowRow.__table__.alias("taking_window")
    terminal = TerminalRow.__table__.alias("taking_terminal")
    here = and_(window.c.point_id == point.id, or_(window.c.closed_on.is_(None), window.c.closed_on > day))
    theme = item.c.details["theme"].astext
    around = tables_of(point.id, item.c.id)
    at_window = exists().where(
        here,
        or_(
            window.c.kind == WindowKind.COMPREHENSIVE.value,
            item.c.code == any_(window.c.service_codes),
            theme == any_(window.c.themes),
        ),
    )
    at_terminal = exists().where(
        terminal.c.point_id == point.id,
        terminal.c.fault.is_(None),
        item.c.code == any_(cast(terminal.c.service_codes, ARRAY(Text()))),
    )
    has_terminal = exists().where(terminal.c.point_id == point.id)
    plain = and_(~exists().where(here).correlate(*around), ~has_terminal.correlate(*around))
    return or_(at_window.correlate(*around), at_terminal.correlate(*around), plain)


def offers(point: Columns, code: Any, day: ColumnElement[Any]) -> Predicate:
    """Whether the point takes the item ``code`` on a day."""
    found = offered(point, day).subquery("offers")
    return exists(select(found.c.code).where(found.c.code == code).correlate(point.id.table))
