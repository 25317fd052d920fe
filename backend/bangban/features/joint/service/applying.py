"""申请一件事: one application, one number, papers given once; its cases are begun in one transaction or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Date, Text, Uuid, insert, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.areas.service import get_area
from bangban.features.areas.tables import AreaRow
from bangban.features.bundles.drafts import BundleDraft, draft_of
from bangban.features.bundles.problems import BundleUnknown
from bangban.features.bundles.tables import BundleRow
from bangban.features.bundles.values import BundleKind
from bangban.features.cases.service import ApplicantDetails, GivenAuthorisation, apply_for_case
from bangban.features.cases.service.mode_fields import ModeField
from bangban.features.cases.service.offered import SHARED_DATA
from bangban.features.cases.tables import CaseRow
from bangban.features.cases.values import HelpKind, HelpMode
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow
from bangban.features.catalog.values import Channel
from bangban.features.guidance.rules import Way
from bangban.features.guidance.service import LedBy, led_by
from bangban.features.joint import rules
from bangban.features.joint.rules import Paper
from bangban.features.joint.service.loading import actor_id
from bangban.features.joint.service.revealing import form_values
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.features.joint.values import ReleaseChoice
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written, given_columns, given_list, together
from bangban.kernel.ids import new_id
from bangban.kernel.problems import refused_at
from bangban.kernel.tenancy.work import Work


async def apply_for_bundle(
    work: Work,
    *,
    bundle_code: str,
    area_id: UUID,
    applicant: ApplicantDetails,
    services: Sequence[str] | None = None,
    supplied: Sequence[str] = (),
    form: Sequence[tuple[str, str]] = (),
    release: ReleaseChoice = ReleaseChoice.TOGETHER,
    help: HelpKind = HelpKind.HELP,  # noqa: A002 - the domain's word
    modes: Sequence[HelpMode] = (HelpMode.ONLINE,),
    mode_fields: Sequence[ModeField] = (),
    note: str | None = None,
    channel: Channel | None = None,
    authorisation: GivenAuthorisation | None = None,
    way: Way | None = None,
) -> UUID:
    """Begin a case for each matter of the bundle that is in force today; all of them, or none.

    ``services`` leaves out optional matters, ``supplied`` are keys of the bundle's papers, ``way`` is how questions led
    the applicant here.

    Raises:
        BundleUnknown, NotFound: No such bundle in force, or no such area.
        Forbidden: The caller may not apply for people of this area.
        InvalidInput: A matter, a paper or the form is not as the bundle says.
        GuidanceUnknown, NoEndReached: The way is none.
        Problem: Whatever ``apply_for_case`` refuses one of the cases for.
    """
    work.grants.require(Permission.BUNDLE_APPLY)
    bundle_id, bundle, area_path = await _in_force(work, bundle_code.strip(), area_id)
    work.grants.require_at(Permission.BUNDLE_APPLY, area_path)
    codes = rules.chosen_items(bundle.items, bundle.optional, services)
    filled = rules.filled_form(bundle.fields, form)
    given = rules.supplied_codes(supplied, await _papers(work, bundle, codes)) if supplied else {}
    with refused_at({"input.serviceCode": "input.services"}):
        cases = [
            await apply_for_case(
                work,
                service_code=code,
                area_id=area_id,
                applicant=applicant,
                help=help,
                modes=modes,
                mode_fields=mode_fields,
                supplied=given.get(code, ()),
                note=note,
                channel=channel,
                authorisation=authorisation,
                result_held=release is ReleaseChoice.TOGETHER,
                routed=bundle.kind is BundleKind.CONFIRMATIONS,  # each department answers itself (DOMAIN D16)
            )
            for code in codes
        ]
    return await file_application(
        work,
        cases=cases,
        area_id=area_id,
        release=release,
        bundle_id=bundle_id,
        form=filled,
        answers_due_on=_answers_due(work, bundle),
        record={"bundle": bundle.code, "version": bundle.version},
        led=await led_by(work, way),
    )


async def file_application(
    work: Work,
    *,
    cases: Sequence[UUID],
    area_id: UUID,
    release: ReleaseChoice,
    record: Mapping[str, Any],
    bundle_id: UUID | None = None,
    form: Sequence[Mapping[str, str]] = (),
    answers_due_on: date | None = None,
    led: LedBy | None = None,
) -> UUID:
    """Write down that these cases belong together, under a number of their own."""
    application_id = new_id()
    (row,) = await work.run(_RESIDENT, case_id=cases[0])
    (filed,) = await work.run(
        _FILE,
        application_id=application_id,
        application_stem=f"{work.number_prefix}{work.today:%Y%m%d}",
        application_bundle_id=bundle_id,
        application_area_id=area_id,
        application_resident_id=row.resident_id,
        application_filed_by=actor_id(work),
        application_release=release,
        **form_values(work, form),
        application_answers_due_on=answers_due_on,
        application_submitted_at=work.now,
        application_guidance_id=None if led is None else led.guidance_id,
        application_guidance_end=None if led is None else led.end,
        member_case_id=list(cases),
        member_position=list(range(len(cases))),
    )
    work.record(
        action=Permission.BUNDLE_APPLY,
        object=f"bundle-application:{filed.number}",
        area_id=area_id,
        details={**record, "cases": len(cases), "release": release.value},
    )
    return application_id


def _answers_due(work: Work, bundle: BundleDraft) -> date | None:
    days = bundle.answer_working_days
    return None if days is None else work.calendar.add_working_days(work.today, days)


# ---------------------------------------------------------------------- the statements


def _bundle_and_area() -> Written:
    today = Given("today", Date())
    return Written(
        select(*BundleRow.__table__.columns, AreaRow.path.label("area_path"))
        .select_from(BundleRow)
        .join(AreaRow, AreaRow.id == Given("area_id", Uuid()))
        .where(
            BundleRow.code == Given("code", Text()),
            BundleRow.effective_from <= today,
            or_(BundleRow.effective_to.is_(None), BundleRow.effective_to > today),
        )
        .order_by(BundleRow.version.desc())
        .limit(literal_column("1"))
    )


def _papers_of_items() -> Written:
    today = Given("today", Date())
    item, paper = ServiceItemRow, ServiceMaterialRow
    return Written(
        select(item.code.label("item"), paper.code.label("code"))
        .join(paper, paper.item_id == item.id)
        .where(
            item.code == Given("codes", ARRAY(Text())).any_(),
            item.effective_from <= today,
            or_(item.effective_to.is_(None), item.effective_to > today),
            or_(paper.source.is_(None), paper.source != SHARED_DATA),
        )
    )


def _filing() -> Written:
    application = BundleApplicationRow
    values = {**given_columns(application, "application"), "id": Given("application_id", Uuid())}
    filed = insert(application).values(values).returning(application.number).cte("filed")
    columns = {name: BundleMemberRow.__table__.c[name].type for name in ("case_id", "position")}
    # Citus takes INSERT … SELECT from what is materialised, and from nothing else.
    given = select(given_list("member", **columns)).cte("given").prefix_with("MATERIALIZED")
    members = insert(BundleMemberRow).from_select(
        ["application_id", *columns],
        select(Given("application_id", Uuid()), *(given.c[name] for name in columns)),
        include_defaults=False,
    )
    return together({"members": members}, select(filed.c.number))


_IN_FORCE: Final = _bundle_and_area()
_PAPERS: Final = _papers_of_items()
_FILE: Final = _filing()
_RESIDENT: Final = Written(select(CaseRow.resident_id).where(CaseRow.id == Given("case_id", Uuid())))


async def _in_force(work: Work, code: str, area_id: UUID) -> tuple[UUID, BundleDraft, str]:
    found = await work.run(_IN_FORCE, code=code, today=work.today, area_id=area_id)
    if not found:  # which of the two it was is worth a statement more
        await get_area(work.db, area_id)
        raise BundleUnknown
    (row,) = found
    return row.id, draft_of(row), row.area_path


async def _papers(work: Work, bundle: BundleDraft, codes: Sequence[str]) -> dict[Paper, str]:
    """The key of each paper that somebody hands in, for the items' versions that a case begins with today."""
    rows = await work.run(_PAPERS, codes=list(codes), today=work.today)
    return {paper: rules.paper_key(paper, shared_keys(bundle)) for paper in ((r.item, r.code) for r in rows)}


def shared_keys(bundle: BundleDraft) -> dict[Paper, str]:
    """What the bundle calls the papers that it shares."""
    return {paper: material.key for material in bundle.materials for paper in material.of}
