"""委托书: withdrawn, given anew; and a broken promise cleared. One function a mutation, as in ``casework``."""

from __future__ import annotations

from sqlalchemy import Date, LargeBinary, Uuid, literal_column, select

from bangban.features.cases.paper_problems import ToleranceBarred
from bangban.features.cases.promises_sql import stood
from bangban.features.cases.rules.authorising import renew, revoke
from bangban.features.cases.rules.facts import APPLICANT_WORD, Authorisation
from bangban.features.cases.rules.promises import clear_promise
from bangban.features.cases.service.application import GivenAuthorisation
from bangban.features.cases.service.loading import Loaded, load_case
from bangban.features.cases.service.saving import save
from bangban.features.cases.service.wording import check_wording
from bangban.features.cases.tables import CaseEventRow, CaseRow, ToleranceRow
from bangban.features.cases.values import EventKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written
from bangban.kernel.ids import CaseId
from bangban.kernel.tenancy.work import Work

_BROKEN = Written(
    select(ToleranceRow.case_id)
    .join(CaseRow, CaseRow.id == ToleranceRow.case_id)
    .where(
        CaseRow.identity_hash == Given("identity_hash", LargeBinary()),
        ToleranceRow.promised_by < Given("today", Date()),
        ToleranceRow.fulfilled_at.is_(None),
        ToleranceRow.cleared_at.is_(None),
        stood(ToleranceRow.promised_by, CaseRow.ended_at),
    )
    .limit(literal_column("1"))
)


_TAKEN_BACK = Written(
    select(CaseEventRow.id)
    .where(
        CaseEventRow.case_id == Given("case_id", Uuid()),
        CaseEventRow.kind == EventKind.AUTHORISATION_REVOKED.value,
        CaseEventRow.actor == APPLICANT_WORD,
        CaseEventRow.at >= Given("since", CaseEventRow.__table__.c.at.type),
    )
    .limit(literal_column("1"))
)


async def require_no_broken_promise(loaded: Loaded) -> None:
    """Refuse where whoever has this identity number broke a promise in any case. Raises ``ToleranceBarred``."""
    identity = loaded.row.identity_hash
    if await loaded.work.run(_BROKEN, identity_hash=identity, today=loaded.occasion.today):
        raise ToleranceBarred


async def revoke_authorisation(work: Work, *, number: str, reason: str | None = None) -> CaseId:
    """撤销委托. Raises as ``rules.authorising.revoke``."""
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_AUTHORISE,))
    loaded.authorise(Permission.CASE_AUTHORISE)
    transition = revoke(loaded.facts, reason=reason, actor=loaded.actor, occasion=loaded.occasion)
    return await save(loaded, transition)


async def renew_authorisation(work: Work, *, number: str, authorisation: GivenAuthorisation) -> CaseId:
    """续办委托. Raises as ``rules.authorising.renew``."""
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_AUTHORISE,))
    loaded.authorise(Permission.CASE_AUTHORISE)
    given = Authorisation(
        scope=frozenset(authorisation.scope), valid_until=authorisation.valid_until, given_at=work.now
    )
    transition = renew(
        loaded.facts,
        given,
        taken_back=await _taken_back(loaded),
        actor=loaded.actor,
        occasion=loaded.occasion,
    )
    return await save(loaded, transition)


async def _taken_back(loaded: Loaded) -> bool:
    """Whether the applicant in person, not staff for them, withdrew the authorisation that was given last."""
    last = loaded.facts.authorisation
    if last is None or last.revoked_at is None:
        return False
    return bool(await loaded.work.run(_TAKEN_BACK, case_id=loaded.row.id, since=last.revoked_at))


async def clear_broken_promise(work: Work, *, number: str, reason: str) -> CaseId:
    """恢复容缺资格, by a supervisor. Raises as ``rules.promises.clear_promise``."""
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_CLEAR_PROMISE,))
    loaded.authorise(Permission.CASE_CLEAR_PROMISE)
    check_wording(loaded, reason=reason)
    ended_at = loaded.facts.ended_at
    transition = clear_promise(
        loaded.facts,
        reason=reason,
        ended_on=None if ended_at is None else ended_at.astimezone(work.district.zone).date(),
        actor=loaded.actor,
        occasion=loaded.occasion,
    )
    return await save(loaded, transition)
