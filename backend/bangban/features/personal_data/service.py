"""A resident's own data: shown in the clear to nobody else (PIPL article 45); how they want to be told of things."""

from __future__ import annotations

import json
from typing import Final, NamedTuple, cast
from uuid import UUID

from sqlalchemy import Table, select, update

from bangban.features.accounts.limits import Limit, Window, take_turn
from bangban.features.accounts.residents import WECHAT_CONTEXT
from bangban.features.accounts.tables import AttemptRow, ResidentRow
from bangban.features.cases.service.applicant import (
    IDENTITY_CONTEXT,
    PHONE_CONTEXT,
)
from bangban.features.cases.service.mode_fields import open_mode_fields
from bangban.features.cases.tables import CaseRow
from bangban.features.joint.service.revealing import open_form
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.features.people.keeping import check_language
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.problems import NotAuthenticated, RateLimited
from bangban.kernel.tenancy.work import Work

SEEING: Final = Limit("own-data", (Window(most=5, seconds=3600),))

_RESIDENTS: Final = cast("Table", ResidentRow.__table__)


class Stated(NamedTuple):
    """What an applicant said in one case, in the clear."""

    number: str
    name: str
    identity_number: str
    phone: str
    mode_details: list[dict[str, str]]
    form: list[dict[str, str]]


async def reveal_own_data(work: Work) -> list[Stated]:
    """All that the caller stated in cases that are not erased, newest first; recorded in the trail.

    Raises Forbidden, ``RateLimited`` after five times within the hour.
    """
    work.grants.require(Permission.PERSONAL_DATA_READ)
    resident_id = caller_of(work)
    turn = await take_turn(
        work.db,
        AttemptRow,
        SEEING,
        subject=work.vault.lookup_hash(work.actor, purpose=SEEING.kind),
        now=work.now,
    )
    if turn.attempt is None:
        raise RateLimited(seconds=turn.seconds)
    rows = await work.db.execute(
        select(
            CaseRow.number,
            CaseRow.applicant_name,
            CaseRow.identity_sealed,
            CaseRow.phone_sealed,
            CaseRow.mode_fields_sealed,
            BundleApplicationRow.form_sealed,
        )
        .outerjoin(BundleMemberRow, BundleMemberRow.case_id == CaseRow.id)
        .outerjoin(BundleApplicationRow, BundleApplicationRow.id == BundleMemberRow.application_id)
        .where(CaseRow.resident_id == resident_id, CaseRow.identity_sealed.is_not(None))
        .order_by(CaseRow.submitted_at.desc(), CaseRow.id.desc())
    )
    found = [
        Stated(
            number=row.number,
            name=row.applicant_name,
            identity_number=work.vault.open(row.identity_sealed, context=IDENTITY_CONTEXT),
            phone=work.vault.open(row.phone_sealed, context=PHONE_CONTEXT),
            mode_details=open_mode_fields(work, row.mode_fields_sealed),
            form=open_form(work, row.form_sealed),
        )
        for row in rows
    ]
    work.record(
        action=Permission.PERSONAL_DATA_READ, object=f"resident:{resident_id}", details={"cases": len(found)}
    )
    return found


async def set_language(work: Work, *, language: str) -> UUID:
    """Choose the language in which the caller is told of things. Raises Forbidden, ``LanguageUnknown``."""
    work.grants.require(Permission.PERSONAL_DATA_CORRECT)
    resident_id, chosen = caller_of(work), check_language(language)
    await work.db.execute(update(_RESIDENTS).where(_RESIDENTS.c.id == resident_id).values(language=chosen))
    return resident_id


async def bind_wechat(work: Work, openid: str | None) -> UUID:
    """Have the caller's messages go to this WeChat account first, or to none. Raises Forbidden.

    One account may be bound by several residents: children are told of their parents' matters.
    """
    work.grants.require(Permission.PERSONAL_DATA_CORRECT)
    resident_id = caller_of(work)
    sealed = None if openid is None else work.vault.seal(openid, context=WECHAT_CONTEXT)
    since = None if openid is None else work.now
    await work.db.execute(
        update(_RESIDENTS)
        .where(_RESIDENTS.c.id == resident_id)
        .values(wechat_sealed=sealed, wechat_since=since)
    )
    work.record(
        action=Permission.PERSONAL_DATA_CORRECT,
        object=f"resident:{resident_id}",
        details={"wechat": "bound" if openid else "unbound"},
    )
    return resident_id


def as_json(found: list[Stated]) -> str:
    """What is kept for a retry, sealed like every stored answer."""
    return json.dumps([each._asdict() for each in found], ensure_ascii=False)


def caller_of(work: Work) -> UUID:
    if work.principal.id is None:
        raise NotAuthenticated
    return work.principal.id
