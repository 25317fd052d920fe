"""How a new case is stored: the case, its materials and its first event in one statement."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Uuid, insert, select

from bangban.features.cases.rules.facts import CaseFacts
from bangban.features.cases.service.statement import CHANGING, inserted
from bangban.features.cases.tables import AuthorisationRow, CaseEventRow, CaseMaterialRow, CaseRow
from bangban.kernel.database.written import Given, Written, given_columns, given_list, together
from bangban.kernel.ids import new_id

# What a case has not from the start, but by what is done to it.
_FROM_THE_START: Final = {
    "state",
    "holder_id",
    "due_provisional",
    "paused_days",
    "trips",
    "note",
    "check_in_due_on",
}
_LATER: Final = {*CHANGING, "papers_out"} - _FROM_THE_START
_COPIED: Final = ("id", "position", "code", "name", "required", "tolerable", "state")


@lru_cache(maxsize=2)
def filing(*, authorised: bool) -> Written:
    """The case, its materials and its first event in one statement, which answers with the number it got."""
    filed = (
        insert(CaseRow)
        .values({**given_columns(CaseRow, "case", without=_LATER), "id": Given("case_id", Uuid())})
        .returning(CaseRow.id, CaseRow.number, CaseRow.area_id)
        .cte("filed")
    )
    columns = {each.name: each.type for each in CaseMaterialRow.__table__.columns if each.name in _COPIED}
    # Citus takes INSERT … SELECT from what is materialised, and from nothing else.
    given = select(given_list("material", **columns)).cte("given").prefix_with("MATERIALIZED")
    copied = insert(CaseMaterialRow).from_select(
        ["case_id", *columns],
        select(Given("case_id", Uuid()), *(given.c[name] for name in columns)),
        include_defaults=False,
    )
    parts = {"copied": copied, "event": inserted(CaseEventRow, "event")}
    if authorised:
        parts["authorisation"] = inserted(AuthorisationRow, "authorisation")
    return together(parts, select(filed.c.id, filed.c.number, filed.c.area_id))


def material_values(facts: CaseFacts) -> dict[str, list[Any]]:
    """What ``filing`` is given of the case's materials."""
    materials = facts.materials
    return {
        "material_id": [new_id() for _ in materials],
        "material_position": list(range(len(materials))),
        "material_code": [each.code for each in materials],
        "material_name": [each.name for each in materials],
        "material_required": [each.required for each in materials],
        "material_tolerable": [each.tolerable for each in materials],
        "material_state": [each.state for each in materials],
    }
