"""The one statement that writes what an act changed: a part for the case and for each kind of row that hangs on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Final

from sqlalchemy import Integer, Text, Update, Uuid, insert, update
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.dml import UpdateBase

from bangban.features.cases.tables import (
    AuthorisationRow,
    CaseEventRow,
    CaseMaterialRow,
    CaseRow,
    HandoverRow,
    InterimRatingRow,
    NoticeRow,
    RatingRow,
    ToleranceRow,
    ViolationRow,
)
from bangban.kernel.database.written import Given, Written, given_columns, given_list, together

CHANGING: Final = (
    "state",
    "holder_id",
    "accepted_at",
    "counts_from",
    "suspended_from",
    "ended_at",
    "completed_at",
    "outcome",
    "result_standing",
    "opinion",
    "result_number",
    "decision_basis",
    "accepted_ordinal",
    "due_ordinal",
    "due_on",
    "due_provisional",
    "paused_days",
    "suspended_ordinal",
    "completed_ordinal",
    "stopped_used",
    "trips",
    "next_acknowledged_at",
    "check_in_due_on",
    "note",
)
"""The columns of a case that change after it was filed."""


def inserted(rows: type[DeclarativeBase], name: str) -> UpdateBase:
    """One row of what hangs on a case, its values given as ``<name>_<column>``."""
    values = given_columns(rows, name, without=("case_id",))
    return insert(rows).values({**values, "case_id": Given("case_id", Uuid())})


def _case() -> UpdateBase:
    values = {name: Given(f"case_{name}", CaseRow.__table__.c[name].type) for name in CHANGING}
    return update(CaseRow).where(CaseRow.id == Given("case_id", Uuid())).values(values)


def _materials() -> UpdateBase:
    changed = given_list("material", id=Uuid(), state=Text(), reason=Text())
    return (
        update(CaseMaterialRow)
        .where(CaseMaterialRow.id == changed.c.id)
        .values(state=changed.c.state, reason=changed.c.reason)
    )


def _of_case(rows: type[DeclarativeBase], name: str, *columns: str) -> Update:
    """The one row of this kind that the case has, changed in these columns."""
    table = rows.__table__
    values = {column: Given(f"{name}_{column}", table.c[column].type) for column in columns}
    return update(rows).where(table.c.case_id == Given("case_id", Uuid())).values(values)


def _acknowledged() -> UpdateBase:
    """The notice with this place among those of the case."""
    acknowledged = _of_case(NoticeRow, "notice", "acknowledged_at", "acknowledged_by", "acknowledged_to")
    return acknowledged.where(NoticeRow.ordinal == Given("notice_ordinal", Integer()))


def _handover_ended() -> UpdateBase:
    columns = HandoverRow.__table__.c
    names = ("taken_at", "returned_at", "return_reason")
    values = {name: Given(f"handover_{name}", columns[name].type) for name in names}
    return update(HandoverRow).where(HandoverRow.id == Given("handover_id", Uuid())).values(values)


_PARTS: Final[Mapping[str, Callable[[], UpdateBase]]] = {
    "case": _case,
    "materials": _materials,
    "event": partial(inserted, CaseEventRow, "event"),
    "notice": partial(inserted, NoticeRow, "notice"),
    "acknowledged": _acknowledged,
    "tolerance": partial(inserted, ToleranceRow, "tolerance"),
    "promise": partial(_of_case, ToleranceRow, "tolerance", "fulfilled_at", "cleared_at"),
    "authorisation": partial(
        _of_case, AuthorisationRow, "authorisation", "scope", "valid_until", "given_at", "revoked_at"
    ),
    "handover": partial(inserted, HandoverRow, "handover"),
    "handover_ended": _handover_ended,
    "rating": partial(inserted, RatingRow, "rating"),
    "interim": partial(inserted, InterimRatingRow, "interim"),
    "violation": partial(inserted, ViolationRow, "violation"),
}


@lru_cache(maxsize=256)
def writing(parts: tuple[str, ...]) -> Written:
    """One statement for all parts. There are few combinations: each act has one or two."""
    return together({f"written_{part}": _PARTS[part]() for part in parts})
