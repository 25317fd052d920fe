"""Corrections of a resident's own data: asked for, and decided (PIPL article 46)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.areas.service import get_area
from bangban.features.cases.problems import DataErased, no_such_case
from bangban.features.cases.service.applicant import (
    IDENTITY_CONTEXT,
    PHONE_CONTEXT,
    checked_name,
    identity_columns,
    masked_name,
    name_columns,
    phone_columns,
)
from bangban.features.cases.service.wording import check_words
from bangban.features.cases.tables import CaseRow
from bangban.features.personal_data.problems import (
    DataRequestDecided,
    DataRequestOpen,
    DataRequestUnknown,
    NothingToCorrect,
)
from bangban.features.personal_data.service import caller_of
from bangban.features.personal_data.tables import VALUE_CONTEXT, DataField, DataRequestRow, DataRequestState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import (
    mask_identity,
    mask_phone,
    normalise_phone,
    refuse_unfit,
    require_identity,
)
from bangban.kernel.ids import new_id
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work

ANSWER_DAYS: Final = 15
"""Calendar days within which a request is answered; the law says "in time", the number is this product's."""

SHORTEST_REASON: Final = 5
LONGEST_TEXT: Final = 500


async def request_correction(work: Work, *, number: str, field: DataField, value: str, reason: str) -> UUID:
    """Ask for an item of one of the caller's cases to be corrected; the id of the request.

    Raises Forbidden, NotFound for a case that is not the caller's, ``DataErased``, ``NothingToCorrect``,
    ``DataRequestOpen``, InvalidInput, InvalidIdentityNumber, InvalidPhone.
    """
    work.grants.require(Permission.PERSONAL_DATA_CORRECT)
    resident_id = caller_of(work)
    why = _text(reason, field="reason")
    case = await work.db.scalar(
        select(CaseRow).where(CaseRow.number == number.strip(), CaseRow.resident_id == resident_id)
    )
    if case is None:
        raise no_such_case()
    if case.identity_sealed is None:
        raise DataErased
    checked, masked = _checked(work, case, field, value)
    if checked == _stored(work, case, field):
        raise NothingToCorrect(fields=("input.value",))
    open_one = select(DataRequestRow.id).where(
        DataRequestRow.case_id == case.id,
        DataRequestRow.field == field,
        DataRequestRow.state == DataRequestState.OPEN,
    )
    if await work.db.scalar(open_one) is not None:
        raise DataRequestOpen
    row = DataRequestRow(
        id=new_id(),
        resident_id=resident_id,
        case_id=case.id,
        field=field,
        value_sealed=work.vault.seal(checked, context=VALUE_CONTEXT),
        value_masked=masked,
        reason=why,
        state=DataRequestState.OPEN,
        asked_at=work.now,
        due_on=work.today + timedelta(days=ANSWER_DAYS),
    )
    work.db.add(row)
    await work.db.flush()
    work.record(
        action=Permission.PERSONAL_DATA_CORRECT,
        object=f"case:{case.number}",
        area_id=case.area_id,
        details={"request": str(row.id), "field": field.value},
    )
    return row.id


async def decide_request(work: Work, *, request_id: UUID, grant: bool, answer: str) -> UUID:
    """Correct what was asked for, or refuse it with a reason; of two who decide at once, one does.

    Raises Forbidden, ``DataRequestUnknown``, ``DataRequestDecided``, ``DataErased``, InvalidInput.
    """
    work.grants.require(Permission.PERSONAL_DATA_DECIDE)
    why = _text(answer, field="answer")
    row = await work.db.get(DataRequestRow, request_id, with_for_update=True)
    if row is None:
        raise DataRequestUnknown
    case = await work.db.get(CaseRow, row.case_id, with_for_update=True)
    assert case is not None  # the database holds that a request's case exists
    subject, area = f"case:{case.number}", await get_area(work.db, case.area_id)
    if not work.grants.scope(Permission.PERSONAL_DATA_DECIDE).covers(area.path):
        raise DataRequestUnknown
    if row.state is not DataRequestState.OPEN:
        raise DataRequestDecided(state=row.state)
    check_words(work, subject, area.id, answer=why)
    if grant:
        if case.identity_sealed is None or row.value_sealed is None:
            raise DataErased
        value = work.vault.open(row.value_sealed, context=VALUE_CONTEXT)
        for name, column in _columns(work, case, row.field, value).items():
            setattr(case, name, column)
    row.state = DataRequestState.GRANTED if grant else DataRequestState.REFUSED
    row.value_sealed = None  # it stands in the case now, or is nobody's business any more
    row.decided_at, row.decided_by, row.answer = work.now, work.principal.id, why
    await work.db.flush()
    work.record(
        action=Permission.PERSONAL_DATA_DECIDE,
        object=subject,
        area_id=area.id,
        details={"request": str(row.id), "field": row.field.value, "granted": grant},
    )
    return row.id


def _text(text: str, *, field: str) -> str:
    found = text.strip()
    if not SHORTEST_REASON <= len(found) <= LONGEST_TEXT:
        raise InvalidInput(
            f"Say why, in {SHORTEST_REASON} to {LONGEST_TEXT} characters.",
            f"请说明理由,{SHORTEST_REASON} 至 {LONGEST_TEXT} 个字。",
            fields=(f"input.{field}",),
        )
    refuse_unfit(found, fields=(f"input.{field}",))
    return found


def _checked(work: Work, case: CaseRow, field: DataField, value: str) -> tuple[str, str]:
    """The value as it may be stored, and masked."""
    fields = ("input.value",)
    if field is DataField.PHONE:
        phone = normalise_phone(value, fields=fields)
        return phone, mask_phone(phone)
    if field is DataField.IDENTITY_NUMBER:
        kind = case.applicant_kind.value
        identity = require_identity(kind, value, today=work.today, fields=fields).value
        return identity, mask_identity(identity)
    name = checked_name(value, fields=fields)
    return name, masked_name(case.applicant_kind, name)


def _stored(work: Work, case: CaseRow, field: DataField) -> str:
    if field is DataField.NAME:
        return case.applicant_name
    sealed, context = (
        (case.phone_sealed, PHONE_CONTEXT)
        if field is DataField.PHONE
        else (case.identity_sealed, IDENTITY_CONTEXT)
    )
    return "" if sealed is None else work.vault.open(sealed, context=context)


def _columns(work: Work, case: CaseRow, field: DataField, value: str) -> dict[str, Any]:
    """What a corrected item changes in its case: sealed, hashed and masked together."""
    if field is DataField.NAME:
        return name_columns(case.applicant_kind, value)
    return (phone_columns if field is DataField.PHONE else identity_columns)(work.vault, value)
