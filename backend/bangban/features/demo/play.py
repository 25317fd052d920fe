"""Doing the acts of sample cases, one after the other, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from bangban.features.accounts.residents import resident_of_phone
from bangban.features.cases import service
from bangban.features.cases.tables import CaseRow
from bangban.features.demo.script import Act, Part, Who
from bangban.features.joint.tables import BundleMemberRow
from bangban.kernel.access.grants import grants_of
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.identifiers import normalise_phone
from bangban.kernel.tenancy.work import Work


@dataclass
class _Case:
    """A case under way."""

    number: str
    holder: UUID
    applicant: Principal
    receiver: Principal | None = None


class Play:
    """One district's acts. They come in the order in which they happen."""

    def __init__(self, work: Work, *, staff: Mapping[UUID, Principal]) -> None:
        self._work = work
        self._staff = staff
        self._cases: dict[int, _Case] = {}
        self._residents: dict[str, Principal] = {}

    @property
    def begun(self) -> int:
        """How many cases there are so far."""
        return len(self._cases)

    async def act(self, act: Act) -> None:
        """Do one act. Raises what the use case refuses, which no plan of a district's own people makes it do."""
        step, how = act.step, act.step.how(act.day)
        case = self._cases.get(act.case)
        if case is None:
            await self._apply(act, how)
            return
        if step.receivers:
            case.receiver = next(each for each in step.receivers if each.id != case.holder)
            how = how | {"to_staff_id": case.receiver.id}
        who = self._who(step.who, case)
        await step.do(self._as(who, act), number=case.number, **how)
        if step.do is service.take_over_case:
            assert who.id is not None  # staff
            case.holder = who.id

    async def _apply(self, act: Act, how: dict[str, Any]) -> None:
        """Begin a case, or those of an application for several, which are the next ones in their order."""
        applicant = await self._resident(act, how["applicant"].phone)
        filer = applicant if isinstance(act.step.who, Part) else act.step.who
        begun = await act.step.do(self._as(filer, act), **how)
        rows = await self._work.db.execute(
            select(CaseRow.number, CaseRow.holder_id)
            .outerjoin(BundleMemberRow, BundleMemberRow.case_id == CaseRow.id)
            .where(or_(CaseRow.id == begun, BundleMemberRow.application_id == begun))
            .order_by(BundleMemberRow.position)
        )
        for place, (number, holder) in enumerate(rows):
            self._cases[act.case + place] = _Case(number=number, holder=holder, applicant=applicant)

    async def _resident(self, act: Act, phone: str) -> Principal:
        """The applicant's account, from the moment of their first application."""
        known = self._residents.get(phone)
        if known is None:
            nobody = Principal.anonymous(district=self._work.district.slug)
            row = await resident_of_phone(self._as(nobody, act), normalise_phone(phone))
            known = Principal(kind=PrincipalKind.RESIDENT, id=row.id, district=self._work.district.slug)
            self._residents[phone] = known
        return known

    def _who(self, who: Who, case: _Case) -> Principal:
        if isinstance(who, Principal):
            return who
        if who is Part.HOLDER:
            return self._staff[case.holder]
        if who is Part.APPLICANT:
            return case.applicant
        assert case.receiver is not None  # nobody receives what was not handed over
        return case.receiver

    def _as(self, principal: Principal, act: Act) -> Work:
        grants = grants_of(principal, self._work.policy, on=act.day)
        return self._work.in_the_past(principal, grants, now=act.at)
