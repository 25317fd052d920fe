"""What is proposed to visitors with care needs, and what of it was taken up (DOMAIN A04). Never for auditors.

A proposal is the district's setting for one of the needs, as far as it is on offer: the mode CARING where the district
has it; the door where orders of that kind come to the level of the point's unit, and the matter is done at doors.
"""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import ColumnElement, Text, and_, any_, case, cast, func, literal, null, or_, select
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, array

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.catalog.values import Channel
from bangban.features.hall.settings import SETTING, USUAL
from bangban.features.hall.values import Proposal
from bangban.features.places.tables import ServicePointRow
from bangban.features.profiles.values import AT_THE_DOOR, HelpMode
from bangban.kernel.planner.elements import elements
from bangban.kernel.planner.reads import Predicate
from bangban.kernel.planner.sources import Rows
from bangban.kernel.tenancy.tables import ProfileRow

_USUAL: Final = json.dumps({need.value: list(each) for need, each in USUAL.proposals.items()})
_CARING: Final = json.dumps([{"mode": HelpMode.CARING.value}])
_NOTHING: Final = cast(null(), JSONB())


def _setting(*path: str) -> Any:
    """Something in the district's settings; null where it says nothing."""
    found: Any = ProfileRow.__table__.alias("proposing_profile").c.settings
    for name in path:
        found = found[name]
    return func.coalesce(select(found).scalar_subquery(), _NOTHING, type_=JSONB())


def _has(document: Any, key: Any) -> Predicate:
    found: Predicate = document.op("?", is_comparison=True)(key)
    return found


def _wanted(needs: Any, proposal: Proposal) -> Predicate:
    """Whether one of the needs is one for which this is proposed."""
    need = func.unnest(needs).table_valued(sql_column("need", Text())).render_derived(name="care_need")
    for_needs = func.coalesce(_setting(SETTING, "proposals"), cast(literal(_USUAL, Text()), JSONB()))
    lists = func.coalesce(
        for_needs.op("->", return_type=JSONB())(need.c.need), cast(literal("[]", Text()), JSONB())
    )
    return select(literal(1)).select_from(need).where(_has(lists, literal(proposal.value, Text()))).exists()


def _caring() -> Predicate:
    """Whether the district offers the mode: it names its modes, or has all of them."""
    modes = _setting("modes")
    return or_(modes.is_(None), modes.op("@>", is_comparison=True)(cast(literal(_CARING, Text()), JSONB())))


def _at_doors(visit: Any) -> Predicate:
    """Whether such orders come to the level of the point's unit, and the visit's matter, if any, is done at doors."""
    kinds = _setting("orders", "kinds")
    point, area = ServicePointRow.__table__.alias("its_point"), AreaRow.__table__.alias("its_unit")
    level = select(area.c.level).join(point, point.c.area_id == area.c.id).where(point.c.id == visit.point_id)
    each = elements(kinds, "order_kind")
    levels = each.c.value["falls_to"]
    offered = (
        select(literal(1))
        .select_from(each)
        .where(
            each.c.value["kind"].astext.in_(sorted(AT_THE_DOOR)),
            or_(levels.is_(None), _has(levels, level.correlate_except(point, area).scalar_subquery())),
        )
    )
    item = ServiceItemRow.__table__.alias("its_item")
    done_there = select(item.c.id).where(
        item.c.id == visit.service_item_id, literal(Channel.DOOR.value, Text()) == any_(item.c.channels)
    )
    return and_(
        or_(kinds.is_(None), offered.exists()),
        or_(visit.service_item_id.is_(None), done_there.correlate_except(item).exists()),
    )


def proposed(visit: Any) -> dict[Proposal, Predicate]:
    """Whether each is proposed to whoever a visit is of."""
    return {
        Proposal.CARING: and_(_wanted(visit.care_needs, Proposal.CARING), _caring()),
        Proposal.DOOR: and_(_wanted(visit.care_needs, Proposal.DOOR), _at_doors(visit)),
    }


def taken(visit: Any) -> dict[Proposal, Predicate]:
    """Whether each was taken up: by the case that came of the visit, by an order placed on the spot."""
    matter = CaseRow.__table__.alias("matter_of_visit")
    helped = select(matter.c.id).where(
        matter.c.id == visit.case_id, literal(HelpMode.CARING.value, Text()) == any_(matter.c.modes)
    )
    return {
        Proposal.CARING: helped.correlate_except(matter).exists(),
        Proposal.DOOR: visit.order_id.is_not(None),
    }


def _listed(found: dict[Proposal, Predicate]) -> ColumnElement[Any]:
    each: Any = array([case((holds, literal(name.value, Text()))) for name, holds in found.items()])
    return func.array_remove(each, cast(null(), Text()), type_=ARRAY(Text()))


def proposals(rows: Rows) -> ColumnElement[Any]:
    """What is proposed."""
    return _listed(proposed(rows.c))


def taken_up(rows: Rows) -> ColumnElement[Any]:
    """What of it was taken up."""
    took = taken(rows.c)
    return _listed({name: and_(holds, took[name]) for name, holds in proposed(rows.c).items()})
