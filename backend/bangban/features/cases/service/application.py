"""申请: a new case, with its holder from the first moment (DOMAIN B01, C01, C02)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from bangban.features.accounts.residents import resident_of_phone
from bangban.features.areas.problems import AreaRetired
from bangban.features.areas.service import get_area
from bangban.features.areas.tables import AreaRow
from bangban.features.cases import rules
from bangban.features.cases.problems import ModeNotOffered
from bangban.features.cases.rules import materials
from bangban.features.cases.rules.facts import Authorisation, CaseFacts, Material, said
from bangban.features.cases.service.applicant import ApplicantDetails, check_applicant
from bangban.features.cases.service.loading import actor_of, occasion_of
from bangban.features.cases.service.saving import keep_record
from bangban.features.cases.service.staffing import find_holder
from bangban.features.cases.tables import AuthorisationRow, CaseMaterialRow, CaseRow
from bangban.features.cases.values import AuthorisationScope, CaseState, HelpKind, HelpMode, MaterialState
from bangban.features.catalog.service import current_item
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow
from bangban.features.catalog.values import Channel
from bangban.kernel.access.grants import Assignment
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import CaseId, new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import Conflict, InvalidInput
from bangban.kernel.tenancy.work import Work

SHARED_DATA = "SHARED_DATA"  # a material's source: fetched by the office, so nobody hands it in (DOMAIN 3.15)

DOOR_OF_LEVEL = {
    AreaLevel.COUNTY: Channel.HALL,
    AreaLevel.TOWN: Channel.HALL,
    AreaLevel.VILLAGE: Channel.STATION,
    AreaLevel.GRID: Channel.DOOR,
    AreaLevel.MICRO_GRID: Channel.DOOR,
}


@dataclass(frozen=True, kw_only=True)
class GivenAuthorisation:
    """The power of attorney 委托书 that comes with an AGENCY application; ``valid_until`` is its last day."""

    scope: Sequence[AuthorisationScope]
    valid_until: date


async def apply_for_case(
    work: Work,
    *,
    service_code: str,
    area_id: UUID,
    applicant: ApplicantDetails,
    help: HelpKind = HelpKind.HELP,  # noqa: A002 - the domain's word
    modes: Sequence[HelpMode] = (HelpMode.ONLINE,),
    supplied: Sequence[str] = (),
    note: str | None = None,
    channel: Channel | None = None,
    authorisation: GivenAuthorisation | None = None,
) -> CaseId:
    """Begin a case with the version of the item that is in force today.

    Whoever of the staff files it holds it and is its first-asked owner; for a resident's own application that
    is the helper by territory. ``channel`` is the door it came through, by default the resident's WEB or that
    of the caller's level.

    Raises:
        NotFound: No such item in force, or no such area in use.
        InvalidInput: An input is wrong; identity number and phone have refusals of their own.
        Forbidden: The caller may not apply for people of this area.
        AuthorisationRequired, NobodyToHelp, InvalidIdentityNumber, InvalidPhone.
    """
    work.grants.require(Permission.CASE_APPLY)
    actor, occasion = actor_of(work), occasion_of(work)
    if not modes or len(set(modes)) != len(modes):
        raise InvalidInput(
            "Choose at least one mode of help, each of them once.",
            "请至少选择一种帮办方式,且不要重复。",
            fields=("input.modes",),
        )
    _check_offered(work, modes)
    found = await _context(work, service_code=service_code.strip(), area_id=area_id)
    item: ServiceItemRow = found[0].ServiceItemRow
    area: AreaRow = found[0].AreaRow
    allowing = work.grants.require_at(Permission.CASE_APPLY, area.path)
    if applicant.kind not in item.audience:
        raise InvalidInput(
            "This item is not for applicants of this kind.",
            "该事项不面向此类申请人。",
            fields=("input.applicant.kind",),
        )
    copied = tuple(_material(each.ServiceMaterialRow) for each in found if each.ServiceMaterialRow)
    checked = check_applicant(work, applicant)
    holder = actor.id if actor.is_staff else await find_holder(work, area_path=area.path, item=item)
    facts = CaseFacts(
        state=CaseState.SUBMITTED,
        help=help,
        holder_id=holder,
        first_asked_id=holder,
        materials=materials.begin(copied, supplied),
        promised_days=item.promised_working_days,
        authorisation=None
        if authorisation is None
        else Authorisation(
            scope=frozenset(authorisation.scope), valid_until=authorisation.valid_until, given_at=work.now
        ),
    )
    transition = rules.submit(facts, actor=actor, occasion=occasion)
    # The account of the applicant's phone, so that they can follow a case that staff filed for them.
    resident = (await resident_of_phone(work, checked.phone)).id if actor.is_staff else actor.id
    row = CaseRow(
        id=new_id(),
        stem=f"{work.number_prefix}{work.today:%Y%m%d}",
        state=facts.state,
        service_item_id=item.id,
        area_id=area.id,
        resident_id=resident,
        help=help,
        modes=list(modes),
        channel=channel or _door(allowing),
        holder_id=holder,
        first_asked_id=holder,
        submitted_at=work.now,
        note=said(note),
        promised_days=item.promised_working_days,
        **checked.columns,
    )
    work.db.add(row)
    await work.db.flush()  # the number comes back with the insert; the trail names the case by it
    work.db.add_all(_material_rows(row.id, facts))
    if facts.authorisation is not None:
        work.db.add(
            AuthorisationRow(
                case_id=row.id,
                scope=sorted(facts.authorisation.scope),
                valid_until=facts.authorisation.valid_until,
                given_at=work.now,
            )
        )
    keep_record(work, row, transition)
    return CaseId(row.id)


def _check_offered(work: Work, modes: Sequence[HelpMode]) -> None:
    """A district offers the modes its profile names (DOMAIN C03); one without such a list offers all."""
    offered = {each["mode"] for each in work.settings.get("modes", ())}
    if offered and not offered.issuperset(modes):
        raise ModeNotOffered(sorted(set(modes) - offered))


async def _context(work: Work, *, service_code: str, area_id: UUID) -> Sequence[Any]:
    """The item in force with its materials, and the area, in one statement: a row for each material, or one.

    Raises:
        ItemUnknown, AreaUnknown, AreaRetired.
    """
    today = work.today
    in_force = (
        select(ServiceItemRow.id)
        .where(
            ServiceItemRow.code == service_code,
            ServiceItemRow.effective_from <= today,
            or_(ServiceItemRow.effective_to.is_(None), ServiceItemRow.effective_to > today),
        )
        .order_by(ServiceItemRow.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = (
        await work.db.execute(
            select(ServiceItemRow, AreaRow, ServiceMaterialRow)
            .select_from(ServiceItemRow)
            .join(AreaRow, AreaRow.id == area_id)
            .outerjoin(ServiceMaterialRow, ServiceMaterialRow.item_id == ServiceItemRow.id)
            .where(ServiceItemRow.id == in_force)
            .order_by(ServiceMaterialRow.position)
        )
    ).all()
    if not found:  # which of the two it was is worth a statement more
        await current_item(work.db, service_code, today)
        await get_area(work.db, area_id)
        raise Conflict
    area = found[0].AreaRow
    if area.retired_on is not None and area.retired_on <= today:
        raise AreaRetired(fields=("input.areaId",), name=area.name, on=area.retired_on)
    return found


def _material(row: ServiceMaterialRow) -> Material:
    return Material(
        code=row.code,
        name=row.name,
        required=row.required,
        tolerable=row.tolerable and not row.core,  # invariant 11: a core material is never tolerated
        state=MaterialState.EXEMPT if row.source == SHARED_DATA else MaterialState.MISSING,
    )


def _material_rows(case_id: UUID, facts: CaseFacts) -> list[CaseMaterialRow]:
    return [
        CaseMaterialRow(
            id=new_id(),
            case_id=case_id,
            position=position,
            code=each.code,
            name=each.name,
            required=each.required,
            tolerable=each.tolerable,
            state=each.state,
        )
        for position, each in enumerate(facts.materials)
    ]


def _door(allowing: Sequence[Assignment]) -> Channel:
    """The door of the deepest assignment that lets the caller apply here; residents have none."""
    return DOOR_OF_LEVEL[allowing[0].level] if allowing else Channel.WEB
