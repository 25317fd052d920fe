"""申请: a new case, with its holder from the first moment (DOMAIN B01, C01, C02)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Date, Text, Uuid, insert, literal_column, or_, select

from bangban.features.accounts.residents import resident_of_phone
from bangban.features.areas.problems import AreaRetired
from bangban.features.areas.service import get_area
from bangban.features.areas.tables import AreaRow
from bangban.features.cases import rules
from bangban.features.cases.problems import ModeNotOffered
from bangban.features.cases.rules import materials
from bangban.features.cases.rules.facts import Authorisation, CaseFacts, Material, said
from bangban.features.cases.service.applicant import ApplicantDetails, check_applicant
from bangban.features.cases.service.loading import actor_of, occasion_of, require_handling, require_trained
from bangban.features.cases.service.mode_fields import ModeField, mode_field_columns
from bangban.features.cases.service.reviewing import await_review
from bangban.features.cases.service.saving import keep_record
from bangban.features.cases.service.staffing import find_holder
from bangban.features.cases.service.statement import CHANGING, inserted
from bangban.features.cases.service.written_values import authorisation_values, event_values
from bangban.features.cases.tables import AuthorisationRow, CaseEventRow, CaseMaterialRow, CaseRow
from bangban.features.cases.values import AuthorisationScope, CaseState, HelpKind, HelpMode, MaterialState
from bangban.features.catalog.service import current_item
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow
from bangban.features.catalog.values import Channel, DelegationScope
from bangban.features.guidance.rules import Way
from bangban.features.guidance.service import led_by
from bangban.kernel.access.grants import Assignment
from bangban.kernel.access.vocabulary import Permission, Role
from bangban.kernel.database.written import Given, Written, given_columns, given_list, labelled, together
from bangban.kernel.ids import CaseId, new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import Conflict, InvalidInput
from bangban.kernel.tenancy.quotas import check_storage
from bangban.kernel.tenancy.work import Work

SHARED_DATA = "SHARED_DATA"  # a material's source: fetched by the office, so nobody hands it in (DOMAIN 3.15)

# What a case has not from the start, but by what is done to it.
_LATER: Final = {*CHANGING, "papers_out"} - {"state", "holder_id", "due_provisional", "paused_days", "trips"}
_COPIED: Final = ("id", "position", "code", "name", "required", "tolerable", "state")

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
    result_held: bool = False,
    mode_fields: Sequence[ModeField] = (),
    holder_id: UUID | None = None,
    routed: bool = False,
    way: Way | None = None,
) -> CaseId:
    """Begin a case with the version of the item that is in force today.

    Whoever of the staff files it holds it and is its first-asked owner; for a resident's own application that
    is the helper by territory. ``channel`` is the door it came through, by default the resident's WEB or that
    of the caller's level. ``result_held``: its result waits to be given out together with others. ``holder_id``
    is another member of the staff who works on it where the caller only takes it in, and stays its first-asked owner;
    ``routed``: that is whom the rules choose, as for a resident's own.
    ``way`` is how questions led the applicant here; the case remembers their end.

    Raises:
        NotFound: No such item in force, or no such area in use.
        InvalidInput: An input is wrong; identity number and phone have refusals of their own.
        Forbidden: The caller may not apply for people of this area.
        StorageFull: The district has used up its storage.
        ModeFieldsMissing: Names everything that the chosen modes ask for and was not said.
        AuthorisationRequired, NobodyToHelp, InvalidIdentityNumber, InvalidPhone.
        ItemNotHandledHere: A partner's clerk, whose point did not take on the item.
        GuidanceUnknown, NoEndReached: The way is none.
        TrainingRequired: The caller is of the staff and lacks the training that cases of this item take here.
    """
    work.grants.require(Permission.CASE_APPLY)
    check_storage(work.district.quotas, work.district.storage_bytes)
    actor, occasion = actor_of(work), occasion_of(work)
    if not modes or len(set(modes)) != len(modes):
        raise InvalidInput(
            "Choose at least one mode of help, each of them once.",
            "请至少选择一种帮办方式,且不要重复。",
            fields=("input.modes",),
        )
    _check_offered(work, modes)
    found = await _context(work, service_code=service_code.strip(), area_id=area_id)
    item = found[0]
    allowing = work.grants.require_at(Permission.CASE_APPLY, item.area_path)
    if actor.is_staff:
        await require_trained(work, actor.id, item.service_code, field="input.serviceCode")
    if applicant.kind not in item.audience:
        raise InvalidInput(
            "This item is not for applicants of this kind.",
            "该事项不面向此类申请人。",
            fields=("input.applicant.kind",),
        )
    if allowing and {each.role for each in allowing} == {
        Role.PARTNER_CLERK
    }:  # nothing else is their business
        await require_handling(work, allowing, item, DelegationScope.PRE_CHECK, begun_on=work.today)
    copied = tuple(_material(each) for each in found if each.material_code is not None)
    checked = check_applicant(work, applicant)
    columns = {**checked.columns, **mode_field_columns(work, modes, mode_fields, phone=checked.phone)}
    door = channel or _door(allowing)
    holder = (
        holder_id or actor.id
        if actor.is_staff and not routed
        else await find_holder(
            work,
            area_path=item.area_path,
            levels=(*item.pre_checked_at, *item.handled_at),
            department=item.department,
        )
    )
    facts = CaseFacts(
        state=CaseState.SUBMITTED,
        help=help,
        holder_id=holder,
        first_asked_id=actor.id if actor.is_staff else holder,
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
    led = await led_by(work, way)
    case_id = new_id()
    (filed,) = await work.run(
        _filing(authorised=facts.authorisation is not None),
        case_id=case_id,
        case_stem=f"{work.number_prefix}{work.today:%Y%m%d}",
        case_state=facts.state,
        case_service_item_id=item.id,
        case_area_id=area_id,
        case_resident_id=resident,
        case_help=help,
        case_modes=list(modes),
        case_channel=door,
        case_trips=1 if actor.is_staff and door is Channel.HALL else None,
        case_holder_id=holder,
        case_first_asked_id=facts.first_asked_id,
        case_submitted_at=work.now,
        case_note=said(note),
        case_promised_days=item.promised_working_days,
        case_due_provisional=False,
        case_paused_days=0,
        case_result_held=result_held or None,
        case_guidance_id=None if led is None else led.guidance_id,
        case_guidance_end=None if led is None else led.end,
        **{f"case_{name}": value for name, value in columns.items()},
        **_material_values(facts),
        **({} if facts.authorisation is None else authorisation_values(facts.authorisation)),
        **event_values(transition.event, work),
    )
    keep_record(work, filed, transition)
    await_review(work, case_id)
    return CaseId(case_id)


@lru_cache(maxsize=2)
def _filing(*, authorised: bool) -> Written:
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


def _check_offered(work: Work, modes: Sequence[HelpMode]) -> None:
    """A district offers the modes its profile names (DOMAIN C03); one without such a list offers all."""
    offered = {each["mode"] for each in work.settings.get("modes", ())}
    if offered and not offered.issuperset(modes):
        raise ModeNotOffered(sorted(set(modes) - offered))


def _offered() -> Written:
    today = Given("today", Date())
    in_force = (
        select(ServiceItemRow.id)
        .where(
            ServiceItemRow.code == Given("code", Text()),
            ServiceItemRow.effective_from <= today,
            or_(ServiceItemRow.effective_to.is_(None), ServiceItemRow.effective_to > today),
        )
        .order_by(ServiceItemRow.version.desc())
        .limit(literal_column("1"))
        .scalar_subquery()
    )
    return Written(
        select(
            ServiceItemRow.id,
            ServiceItemRow.audience,
            ServiceItemRow.promised_working_days,
            ServiceItemRow.code.label("service_code"),
            ServiceItemRow.level,
            ServiceItemRow.details,
            ServiceItemRow.pre_checked_at,
            ServiceItemRow.handled_at,
            ServiceItemRow.department,
            AreaRow.path.label("area_path"),
            AreaRow.name.label("area_name"),
            AreaRow.retired_on.label("area_retired_on"),
            *labelled(ServiceMaterialRow, "material"),
        )
        .select_from(ServiceItemRow)
        .join(AreaRow, AreaRow.id == Given("area_id", Uuid()))
        .outerjoin(ServiceMaterialRow, ServiceMaterialRow.item_id == ServiceItemRow.id)
        .where(ServiceItemRow.id == in_force)
        .order_by(ServiceMaterialRow.position)
    )


_OFFERED: Final = _offered()


async def _context(work: Work, *, service_code: str, area_id: UUID) -> Sequence[Any]:
    """The item in force with its materials, and the area, in one statement: a row for each material, or one.

    Raises:
        ItemUnknown, AreaUnknown, AreaRetired.
    """
    today = work.today
    found = await work.run(_OFFERED, code=service_code, today=today, area_id=area_id)
    if not found:  # which of the two it was is worth a statement more
        await current_item(work.db, service_code, today)
        await get_area(work.db, area_id)
        raise Conflict
    first = found[0]
    if first.area_retired_on is not None and first.area_retired_on <= today:
        raise AreaRetired(fields=("input.areaId",), name=first.area_name, on=first.area_retired_on)
    return found


def _material(row: Any) -> Material:
    return Material(
        code=row.material_code,
        name=row.material_name,
        required=row.material_required,
        # Invariant 11: a core material is never tolerated.
        tolerable=row.material_tolerable and not row.material_core,
        state=MaterialState.EXEMPT if row.material_source == SHARED_DATA else MaterialState.MISSING,
    )


def _material_values(facts: CaseFacts) -> dict[str, list[Any]]:
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


def _door(allowing: Sequence[Assignment]) -> Channel:
    """The door of the deepest assignment that lets the caller apply here; residents have none."""
    if allowing and allowing[0].role is Role.PARTNER_CLERK:
        return Channel.BANK
    return DOOR_OF_LEVEL[allowing[0].level] if allowing else Channel.WEB
