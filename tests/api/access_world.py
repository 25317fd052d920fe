"""A district with all five levels and every role at each of them, made directly, whose people hold real tokens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from tests.api.casework import Run, fresh
from tests.api.clients import Client

from bangban.features.accounts.residents import resident_of_phone
from bangban.features.cases.service.applicant import ApplicantDetails, check_applicant
from bangban.features.cases.tables import CaseMaterialRow, CaseRow, HandoverRow, NoticeRow
from bangban.features.cases.values import CaseState, HelpKind, HelpMode, MaterialState
from bangban.features.catalog.tables import DelegationRow
from bangban.features.catalog.values import Audience, Channel, DelegationScope
from bangban.features.districts.platform import platform_work
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.hours import read_hours
from bangban.features.places.tables import PartnerAgreementRow, ServicePointRow
from bangban.features.places.values import PartnerKind, PointKind
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.access.roles import Role
from bangban.kernel.identifiers import sample_phone, sample_resident_id
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.work import Work
from bangban.web.services import AppServices

T = TypeVar("T")

ITEM = "WORLD-ITEM"  # pre-checked and handled at every level
SINCE = dt.date(2026, 1, 1)


@dataclass(frozen=True)
class Area:
    id: UUID
    path: str
    level: AreaLevel


@dataclass
class World:
    """The district with everything in it by name. Areas are ``county``, ``town-a`` … ``micro-grid-b``."""

    slug: str
    services: AppServices
    run: Run
    api: Client
    areas: dict[str, Area] = field(default_factory=dict)
    people: dict[str, Principal] = field(default_factory=dict)
    item: UUID = field(default_factory=new_id)
    marks: dict[str, str] = field(default_factory=dict)  # whatever a test wants to find again
    bank: UUID | None = None  # the point where partners' clerks are posted

    @property
    def anonymous(self) -> Client:
        """Nobody in particular, in this district."""
        return self.api.as_(X_District=self.slug)

    def client(self, who: str) -> Client:
        """Somebody's client, with a token of a session of its own."""
        principal, now = self.people[who], dt.datetime.now(dt.UTC)
        session = Principal(
            kind=principal.kind, id=principal.id, district=principal.district, session_id=new_id()
        )
        token = self.services.desk.issuer.issue(session, now=now, not_after=now + dt.timedelta(minutes=9))
        return self.api.as_(Authorization=f"Bearer {token.text}")

    def inside(self, do: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
        """Whatever is done in a transaction of the district."""

        async def working() -> T:
            tenancy = self.services.tenancy
            async with platform_work(tenancy, tenancy.registry.get(self.slug)) as work:
                return await do(work)

        found: T = self.run(working())
        return found

    async def hire(self, work: Work, who: str, *posts: tuple[str, str, dt.date, dt.date | None]) -> UUID:
        """A member of staff, hired once however many ask; posts are role, area, first and last day."""
        known = self.people.get(who)
        if known is not None and known.id is not None:
            return known.id
        staff_id = new_id()
        work.db.add(StaffRow(id=staff_id, key=who, name=f"样本{who}", login=who))
        await work.db.flush()
        for role, area, since, until in posts:
            point = await self.outlet(work) if role == Role.PARTNER_CLERK else None
            work.db.add(
                AssignmentRow(
                    id=new_id(),
                    staff_id=staff_id,
                    role=role,
                    area_id=self.areas[area].id,
                    since=since,
                    until=until,
                    point_id=point,
                )
            )
        held = {role for role, *_ in posts}
        kind = PrincipalKind.STAFF
        if held <= {Role.AUDITOR}:
            kind = PrincipalKind.AUDITOR
        if held <= {Role.PORTAL}:
            kind = PrincipalKind.PORTAL
        self.people[who] = Principal(kind=kind, id=staff_id, district=self.slug)
        return staff_id

    async def outlet(self, work: Work) -> UUID:
        """A bank's point that may do all of the item; partners' clerks are posted there."""
        if self.bank is None:
            agreement = PartnerAgreementRow(
                id=new_id(),
                key="world-bank",
                partner_kind=PartnerKind.BANK,
                partner="样本银行",
                service_codes=[ITEM],
                since=SINCE,
                until=dt.date(2099, 12, 31),
            )
            work.db.add(agreement)
            await work.db.flush()
            self.bank = new_id()
            work.db.add(
                ServicePointRow(
                    id=self.bank,
                    key="world-bank",
                    area_id=self.areas["county"].id,
                    kind=PointKind.BANK,
                    name="样本银行网点",
                    longitude=117.74,
                    latitude=36.88,
                    hours=read_hours("24/7"),
                    agreement_id=agreement.id,
                )
            )
            await work.db.flush()
            work.db.add(
                DelegationRow(
                    id=new_id(),
                    service_code=ITEM,
                    from_area_id=self.areas["county"].id,
                    to_point_id=self.bank,
                    scope=DelegationScope.FULL,
                    since=SINCE,
                    basis="样本",
                )
            )
        return self.bank

    async def resident(self, work: Work, who: str, n: int) -> UUID:
        """The owner of the n-th sample phone, signed in."""
        row = await resident_of_phone(work, sample_phone(n))
        self.people[who] = Principal(kind=PrincipalKind.RESIDENT, id=row.id, district=self.slug)
        return row.id

    async def case(
        self,
        work: Work,
        area: str,
        *,
        holder: UUID,
        first: UUID | None = None,
        offered: UUID | None = None,
        n: int | None = None,
        name: str = "样本人",
        state: CaseState = CaseState.WITHDRAWN,
        at: dt.datetime | None = None,
        due: int | None = None,
    ) -> str:
        """A case as it stands, ended unless told otherwise: its number."""
        who = fresh() if n is None else n
        details = ApplicantDetails(
            kind=Audience.PERSON,
            name=name,
            identity_number=sample_resident_id(who),
            phone=sample_phone(who),
        )
        row = CaseRow(
            id=new_id(),
            stem="AW",
            state=state,
            service_item_id=self.item,
            area_id=self.areas[area].id,
            resident_id=(await resident_of_phone(work, sample_phone(who))).id,
            help=HelpKind.HELP,
            modes=[HelpMode.ONLINE],
            channel=Channel.HALL,
            holder_id=holder,
            first_asked_id=first or holder,
            submitted_at=at or work.now,
            promised_days=10,
            accepted_ordinal=due,
            due_ordinal=due,
            due_on=None if due is None else dt.date(2026, 12, 1),
            **check_applicant(work, details).columns,
        )
        work.db.add(row)
        await work.db.flush()
        if offered is not None:
            work.db.add(
                HandoverRow(
                    id=new_id(),
                    case_id=row.id,
                    from_id=holder,
                    to_id=offered,
                    reason="交接",
                    offered_at=work.now,
                )
            )
        return row.number

    async def noticed(self, work: Work, area: str, *, holder: UUID) -> str:
        """A case whose applicant has had the notice, of two materials."""
        number = await self.case(work, area, holder=holder, state=CaseState.AWAITING_MATERIALS)
        case_id = (await work.db.scalars(select(CaseRow.id).where(CaseRow.number == number))).one()
        for position, code in enumerate(("FORM", "LEASE")):
            work.db.add(
                CaseMaterialRow(
                    id=new_id(),
                    case_id=case_id,
                    position=position,
                    code=code,
                    name=f"材料 {code}",
                    required=True,
                    tolerable=False,
                    state=MaterialState.MISSING,
                )
            )
        work.db.add(
            NoticeRow(
                id=new_id(),
                case_id=case_id,
                ordinal=1,
                missing=["FORM", "LEASE"],
                reasons={"FORM": "未提交", "LEASE": "未提交"},
                issued_at=work.now,
                issued_by=holder,
            )
        )
        return number


def area_of(level: AreaLevel, branch: str = "a") -> str:
    """The name of a branch's area of this level."""
    return "county" if level is AreaLevel.COUNTY else f"{level.value.lower().replace('_', '-')}-{branch}"
