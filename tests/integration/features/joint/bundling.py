"""A district with a bundle of four matters, and what its people do with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update
from tests.integration.features.cases.casework import SINCE, World, applicant

from bangban.features.bundles.drafts import BundleDraft, FormField, SharedMaterial
from bangban.features.bundles.service import publish_bundles
from bangban.features.bundles.values import BundleKind
from bangban.features.cases import service as casework
from bangban.features.cases.tables import CaseMaterialRow, CaseRow
from bangban.features.cases.values import CaseOutcome, CaseState
from bangban.features.catalog.drafts import ItemDraft, MaterialDraft, MaterialSource
from bangban.features.catalog.service import publish_items
from bangban.features.catalog.values import Audience, CaseType, Channel, ServiceKind
from bangban.features.joint import member_sql, service
from bangban.features.joint.rules import paper_key
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.kernel.levels import AreaLevel
from bangban.kernel.planner.sources import RequestParameters, Rows
from bangban.kernel.tenancy.work import Work

CODE: Final = "SAMPLE-BUNDLE"
PAPERS: Final[Mapping[str, tuple[tuple[str, bool], ...]]] = {  # code → papers, and whether each may follow
    "BUNDLE-ITEM-PERMIT": (("ID-CARD", False), ("LEASE", True), ("PHOTO", True)),
    "BUNDLE-ITEM-BIRTH": (("ID-CARDS", False), ("MARRIAGE", True)),
    "BUNDLE-ITEM-TRAINING": (("ID-CARD", False), ("FORM", False)),
    "BUNDLE-ITEM-WORK": (("IDENTITY", False), ("LEASE", True)),
}
ITEMS: Final = tuple(PAPERS)
PROMISED: Final = dict(zip(ITEMS, (7, 3, 10, 1), strict=True))
ID_CARD, LEASE = "ID-CARD", "LEASE"
SHARED: Final = (
    SharedMaterial(
        key=ID_CARD,
        name="居民身份证",
        of=(
            ("BUNDLE-ITEM-BIRTH", "ID-CARDS"),
            ("BUNDLE-ITEM-PERMIT", "ID-CARD"),
            ("BUNDLE-ITEM-TRAINING", "ID-CARD"),
            ("BUNDLE-ITEM-WORK", "IDENTITY"),
        ),
    ),
    SharedMaterial(
        key=LEASE,
        name="租赁合同",
        of=(("BUNDLE-ITEM-PERMIT", "LEASE"), ("BUNDLE-ITEM-WORK", "LEASE")),
    ),
)
_KEYS: Final = {paper: each.key for each in SHARED for paper in each.of}
EVERY_KEY: Final = (
    ID_CARD,
    LEASE,
    "BUNDLE-ITEM-PERMIT/PHOTO",
    "BUNDLE-ITEM-BIRTH/MARRIAGE",
    "BUNDLE-ITEM-TRAINING/FORM",
)
WHY: Final = {"reason": "未满足居住满半年的条件", "basis": "居住证暂行条例第二条"}


def item(code: str, *, days: int, papers: Sequence[tuple[str, bool]], **changes: Any) -> ItemDraft:
    """A matter that is promised within so many working days and asks for these papers."""
    given: dict[str, Any] = {
        "code": code,
        "name": f"样本事项{code[-6:]}",
        "kind": ServiceKind.PUBLIC_SERVICE,
        "audience": (Audience.PERSON, Audience.LEGAL_ENTITY),
        "level": AreaLevel.TOWN,
        "case_type": CaseType.PROMISED if days else CaseType.IMMEDIATE,
        "promised_working_days": days,
        "legal_working_days": 20,
        "max_trips": 1,
        "channels": (Channel.HALL, Channel.WEB),
        "handled_at": (AreaLevel.COUNTY, AreaLevel.TOWN),
        "pre_checked_at": (AreaLevel.COUNTY, AreaLevel.TOWN, AreaLevel.VILLAGE),
        "legal_basis": ("样本条例",),
        "result": "样本证",
        "materials": tuple(
            MaterialDraft(
                code=paper,
                name=f"材料{paper}",
                core=not tolerable,
                tolerable=tolerable,
                originals=1,
                source=MaterialSource.APPLICANT,
            )
            for paper, tolerable in papers
        ),
        "effective_from": SINCE,
    }
    return ItemDraft(**(given | changes))


def bundle(**changes: Any) -> BundleDraft:
    """The bundle of the four matters."""
    given: dict[str, Any] = {
        "code": CODE,
        "name": "流动人口一件事",
        "kind": BundleKind.MATTERS,
        "lead_department": "街道为民服务中心",
        "items": ITEMS,
        "optional": ITEMS[1:],
        "fields": (FormField(key="address", zh="现住址", en="Address", required=False),),
        "materials": SHARED,
        "effective_from": SINCE,
    }
    return BundleDraft(**(given | changes))


async def offer(work: Work) -> None:
    """Publish matters and bundle."""
    items = [item(code, days=PROMISED[code], papers=papers) for code, papers in PAPERS.items()]
    await publish_items(work, items)
    await publish_bundles(work, [(bundle(), "sample")])


def applied(world: World, who: str = "helper-a", *, n: int = 1, **how: Any) -> str:
    """An application for the bundle: its number."""
    wanted = how.get("services") or ITEMS
    keys = {paper_key((code, name), _KEYS) for code in wanted if code in PAPERS for name, _ in PAPERS[code]}
    how.setdefault("supplied", sorted(keys))
    application_id = world.act(
        who,
        service.apply_for_bundle,
        bundle_code=CODE,
        area_id=world.areas["village-a"].id,
        applicant=how.pop("details", None) or applicant(n),
        **how,
    )
    return application(world, application_id).number


def application(world: World, of: UUID | str) -> BundleApplicationRow:
    """One application, by id or number."""
    column = BundleApplicationRow.number if isinstance(of, str) else BundleApplicationRow.id
    return world.rows(BundleApplicationRow, column == of)[0]


def cases(world: World, number: str) -> list[CaseRow]:
    """The cases of an application, in its order."""
    members = select(BundleMemberRow.case_id).where(
        BundleMemberRow.application_id == application(world, number).id
    )
    return sorted(world.rows(CaseRow, CaseRow.id.in_(members)), key=lambda row: row.serial)


def papers(world: World, case_id: UUID) -> dict[str, str]:
    """The states of a case's papers, by code."""
    rows = world.rows(CaseMaterialRow, CaseMaterialRow.case_id == case_id)
    return {row.code: row.state.value for row in rows}


def accept(world: World, number: str) -> None:
    """Let the county accept a case."""
    world.act("clerk", casework.pre_check_case, number=number)
    world.act("clerk", casework.accept_case, number=number)


def finish(world: World, number: str, outcome: CaseOutcome = CaseOutcome.GRANTED, **how: Any) -> None:
    """Let the county accept a case and decide it."""
    accept(world, number)
    world.act(
        "clerk",
        casework.complete_case,
        number=number,
        outcome=outcome,
        result_number=f"证-{number[-4:]}",
        **how,
    )


def stand(
    world: World, case_id: UUID, state: CaseState, outcome: CaseOutcome | None = None, **more: Any
) -> None:
    """Put a case into a state without the way there."""

    async def put(work: Work) -> None:
        await work.db.execute(
            update(CaseRow)
            .where(CaseRow.id == case_id)
            .values(
                state=state,
                outcome=outcome,
                suspended_ordinal=1 if state is CaseState.SUSPENDED else None,
                **more,
            )
        )

    world.act("admin", put)


def seen(world: World, number: str, what: Any) -> Any:
    """What an expression of ``member_sql`` says of an application."""

    async def look(work: Work) -> Any:
        table = BundleApplicationRow.__table__
        request = RequestParameters(bind=lambda *_: None, derive=lambda *_: None)  # type: ignore[arg-type,return-value]  # asks for neither
        rows = Rows(c=table.c, parent=None, request=request)
        return await work.db.scalar(select(what(rows)).where(table.c.number == number))

    return world.act("admin", look)


def state(world: World, number: str) -> str:
    """How the application stands."""
    found: str = seen(world, number, member_sql.state)
    return found
