"""申请: a new case, with its holder from the first moment (DOMAIN B01, C01, C02)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bangban.features.accounts.residents import resident_of_phone
from bangban.features.cases import rules
from bangban.features.cases.problems import ModeNotOffered
from bangban.features.cases.rules import materials
from bangban.features.cases.rules.facts import Authorisation, CaseFacts
from bangban.features.cases.service.applicant import ApplicantDetails, check_applicant
from bangban.features.cases.service.filing import filing, material_values
from bangban.features.cases.service.handling import require_handling, require_trained
from bangban.features.cases.service.loading import actor_of, occasion_of
from bangban.features.cases.service.mode_fields import ModeField, mode_field_columns
from bangban.features.cases.service.offered import material_of, offered_item
from bangban.features.cases.service.reviewing import await_review
from bangban.features.cases.service.saving import keep_record
from bangban.features.cases.service.staffing import find_holder
from bangban.features.cases.service.tracking import await_check_in, track
from bangban.features.cases.service.written_values import authorisation_values, event_values
from bangban.features.cases.values import AuthorisationScope, CaseState, HelpKind, HelpMode
from bangban.features.catalog.delegations import Begun
from bangban.features.catalog.problems import NotForThem
from bangban.features.catalog.values import Channel, DelegationScope
from bangban.features.guidance.rules import Way
from bangban.features.guidance.service import led_by
from bangban.kernel.access.principals import Assignment
from bangban.kernel.access.roles import Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import free_words
from bangban.kernel.ids import CaseId, new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.quotas import check_storage
from bangban.kernel.tenancy.work import Work

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
    found = await offered_item(work, service_code=service_code.strip(), area_id=area_id)
    item = found[0]
    allowing = work.grants.require_at(Permission.CASE_APPLY, item.area_path)
    if actor.is_staff:
        await require_trained(work, actor.id, item.service_code, field="input.serviceCode")
    if applicant.kind not in item.audience:
        raise NotForThem(field="input.applicant.kind")
    if allowing and {each.role for each in allowing} == {
        Role.PARTNER_CLERK
    }:  # nothing else is their business
        await require_handling(
            work,
            allowing,
            item,
            DelegationScope.PRE_CHECK,
            begun=Begun(work.today),
            field="input.serviceCode",
        )
    copied = tuple(material_of(each) for each in found if each.material_code is not None)
    checked = check_applicant(work, applicant)
    words = free_words(note, fields=("input.note",))
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
        tracked=HelpMode.TRACKING in modes,
        authorisation=None
        if authorisation is None
        else Authorisation(
            scope=frozenset(authorisation.scope), valid_until=authorisation.valid_until, given_at=work.now
        ),
    )
    transition = track(work, rules.submit(facts, actor=actor, occasion=occasion))
    # The account of the applicant's phone, so that they can follow a case that staff filed for them.
    resident = (await resident_of_phone(work, checked.phone)).id if actor.is_staff else actor.id
    led = await led_by(work, way)
    case_id = new_id()
    (filed,) = await work.run(
        filing(authorised=facts.authorisation is not None),
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
        case_note=words,
        case_promised_days=item.promised_working_days,
        case_due_provisional=False,
        case_paused_days=0,
        case_check_in_due_on=transition.case.check_in_due_on,
        case_result_held=result_held or None,
        case_guidance_id=None if led is None else led.guidance_id,
        case_guidance_end=None if led is None else led.end,
        **{f"case_{name}": value for name, value in columns.items()},
        **material_values(facts),
        **({} if facts.authorisation is None else authorisation_values(facts.authorisation)),
        **event_values(transition.event, work),
    )
    keep_record(work, filed, transition)
    await_review(work, case_id)
    await_check_in(work, case_id, transition)
    return CaseId(case_id)


def _check_offered(work: Work, modes: Sequence[HelpMode]) -> None:
    """A district offers the modes its profile names (DOMAIN C03); one without such a list offers all."""
    offered = {each["mode"] for each in work.settings.get("modes", ())}
    if offered and not offered.issuperset(modes):
        raise ModeNotOffered(sorted(set(modes) - offered))


def _door(allowing: Sequence[Assignment]) -> Channel:
    """The door of the deepest assignment that lets the caller apply here; residents have none."""
    if allowing and allowing[0].role is Role.PARTNER_CLERK:
        return Channel.BANK
    return DOOR_OF_LEVEL[allowing[0].level] if allowing else Channel.WEB
