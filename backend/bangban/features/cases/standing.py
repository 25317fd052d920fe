"""Where a case stands, read in the same statement and so in the same moment as what is shown of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import DateTime, LargeBinary, Text, case, cast, func, or_, select, true

from bangban.features.areas.tables import AreaRow
from bangban.features.cases import clock_sql
from bangban.features.cases.listing import searched
from bangban.features.cases.rules.inbox import Standing
from bangban.features.cases.tables import CaseEventRow, HandoverRow
from bangban.features.cases.values import CaseState, ClockLight
from bangban.features.catalog.tables import ServiceItemRow
from bangban.kernel.planner.fields import column
from bangban.kernel.planner.json_sql import JsonObject, json_list
from bangban.kernel.planner.selection import Selected
from bangban.kernel.planner.sources import Rows

_NAME: Final = "standing"


def standing_column(beside: tuple[Selected, ...], *, searches: bool) -> Selected:
    """A member for the statement's JSON that no client asked for, under a key that none of ``beside`` has."""
    taken, key = {each.key for each in beside}, _NAME
    while key in taken:
        key += "_"
    return Selected(
        key=key,
        name=_NAME,
        declared=column("Where the case stands.", _with_search if searches else _standing),
        definition=None,
        parent_name="Case",
        shape=(key, _NAME, searches),
    )


def standing_of(found: Mapping[str, Any]) -> Standing:
    """The same, out of the JSON."""
    return Standing(
        id=found["id"],
        number=found["number"],
        state=CaseState(found["state"]),
        area_path=found["area"],
        service_code=found["service"],
        holder_id=UUID(found["holder"]),
        first_asked_id=UUID(found["first"]),
        offered_to_id=UUID(found["offered"]) if found["offered"] else None,
        resident_id=UUID(found["resident"]),
        light=ClockLight(found["light"]) if found["light"] else None,
        searched=bool(found["searched"]),
        states_left=tuple(
            (datetime.fromisoformat(each["at"]), CaseState(each["was"]))
            for each in found["states"]
            if each["was"]
        ),
        people_left=tuple(
            (datetime.fromisoformat(each["at"]), UUID(who))
            for each in found["people"]
            for who in (each["by"], each["to"])
        ),
    )


def _standing(rows: Rows) -> Any:
    return _object(rows, true())


def _with_search(rows: Rows) -> Any:
    search = rows.request.bind("search", Text())
    return _object(
        rows, searched(rows, search, lambda how: rows.request.bind(f"search_{how}", LargeBinary()))
    )


def _object(rows: Rows, found: Any) -> Any:
    c = rows.c
    area, item = AreaRow.__table__.alias("its_area"), ServiceItemRow.__table__.alias("its_item")
    offer = HandoverRow.__table__.alias("its_offer")
    path = select(cast(area.c.path, Text())).where(area.c.id == c.area_id)
    code = select(item.c.code).where(item.c.id == c.service_item_id)
    offered = select(offer.c.to_id).where(
        offer.c.case_id == c.id, offer.c.taken_at.is_(None), offer.c.returned_at.is_(None)
    )
    light = case((c.due_ordinal.is_not(None), clock_sql.light(rows)))
    return JsonObject(
        [
            ("id", c.id),
            ("number", c.number),
            ("state", c.state),
            ("area", path.scalar_subquery()),
            ("service", code.scalar_subquery()),
            ("holder", c.holder_id),
            ("first", c.first_asked_id),
            ("offered", offered.limit(1).scalar_subquery()),
            ("resident", c.resident_id),
            ("light", light),
            ("searched", func.coalesce(found, False)),
            ("states", _states_left(rows)),
            ("people", _people_left(rows)),
        ]
    )


def _states_left(rows: Rows) -> Any:
    event = CaseEventRow.__table__.alias("its_event")
    floor = rows.request.bind("history", DateTime(timezone=True))
    left = JsonObject([("at", event.c.at), ("was", event.c.from_state)])
    return select(json_list(left)).where(event.c.case_id == rows.c.id, event.c.at >= floor).scalar_subquery()


def _people_left(rows: Rows) -> Any:
    over = HandoverRow.__table__.alias("its_handover")
    floor = rows.request.bind("history", DateTime(timezone=True))
    ended = func.coalesce(over.c.taken_at, over.c.returned_at)
    left = JsonObject([("at", ended), ("by", over.c.from_id), ("to", over.c.to_id)])
    recent = or_(over.c.taken_at >= floor, over.c.returned_at >= floor)
    return select(json_list(left)).where(over.c.case_id == rows.c.id, recent).scalar_subquery()
