"""Whatever is asked, the one statement answers what the tables say: drawn operations against plain Python."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.api.casework import PERMIT, REQUIRED, Desk, applied
from tests.api.drawing import Drawing
from tests.api.named import case_in, text_of
from tests.api.operation_steps import STEPS
from tests.api.parts import parts
from tests.api.pools import pools_of
from tests.api.pools_beside import pools_beside
from tests.api.truth import Truth, load
from tests.api.truths import Fields
from tests.api.truths.points import STILL

from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.access.grants import grants_of
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work
from bangban.web.schema import core_schema
from bangban.web.services import AppServices

CALLERS = ("clerk-county", "helper-village", "clerk-town", "leader", "auditor", "admin")
WAYS = ("submitted", "checked", "noticed", "accepted", "suspended", "offered", "tolerated", "completed")
ELSEWHERE = {
    "districts",
    "onboarding",
    "onboardings",
    "auditTrail",
    "readiness",
    "templateDrift",
    "policyLines",
    "calendar",
    "localDays",
    "departure",
    "myData",
    "dataRequests",
    "retention",
    "fleet",
    "fleetDistricts",
    "task",
    "tasks",
    "operators",
    "platformTrail",
    "platformDistricts",
    "platformStatistics",
    "districtStatistics",
    *(name for part in parts() for name in part.elsewhere),
}  # the platform's side, a list that grows while it is read, and what is not the district's rows alone
MANAGED = {"staffAccounts", "portals"}  # an administrator's
NEEDED = {
    "serviceCards": Permission.CARD_MANAGE,
    "duties": Permission.DUTY_READ,
    "orders": Permission.ORDER_READ,
    "helperSkills": Permission.SKILL_MANAGE,
    "skillGaps": Permission.SKILL_MANAGE,
    "firstAsks": Permission.ASKING_READ,
}  # whoever has this nowhere is refused, whatever else they ask for
DONE_BEFORE = (
    *("ApplyForBundle", "SupplyBundleMaterials", "WithdrawBundle", "ReleaseResults", "IssueTogether"),
    *("TakePapers", "ForwardPapers", "ReturnPapers", "SupplyFiles", "SettleDuty", "UrgeHolder"),
    *(
        "PlaceOrder",
        "ClaimOrder",
        "ProgressOrder",
        "RateOrder",
        "SetSkills",
        "RecordTraining",
        "IssueCards",
        "RevokeCards",
    ),
    *("RecordFirstAsk", "TransferFirstAsk", "TakeFirstAsk", "AnswerFirstAsk", "CloseFirstAsk"),
    *("SetServicePoint", "SetPartnerAgreement", "DelegateService", "WithdrawDelegation"),
)


@pytest.fixture(scope="module")
def truths(desk: Desk, services: AppServices) -> dict[str, Truth]:
    """The truth of each caller, over cases in every state."""
    for way in WAYS:
        case_in(desk, way)
    for _ in range(3):  # out of sight for some
        applied(desk.staff("helper-village-2"), desk.area("371681001213"), supplied=list(REQUIRED))
    for name in DONE_BEFORE:
        client, what = STEPS[name](desk)
        assert client(text_of(name), input=what).data, name
    desk.inside(past_and_future)
    district = services.registry.get(desk.place.slug)
    rows = desk.inside(load)
    policy = desk.run(services.tenancy.policy(district))
    today = datetime.now(UTC).astimezone(district.zone).date()
    moment = desk.run(services.tenancy.calendar(district)).moment(today)
    vault = services.tenancy.vault(district)
    found: dict[str, Truth] = {}
    index: dict[Any, Any] = {}
    for login in CALLERS:
        principal = desk.run(services.principals.get_staff_by_login(district, login))
        found[login] = Fields(
            district=district,
            principal=principal,
            grants=grants_of(principal, policy, on=today),
            moment=moment,
            rows=rows,
            _index=index,
            hashed=lambda purpose, text: vault.lookup_hash(text, purpose=purpose),
        )
        desk.staff(login)
    return found


async def past_and_future(work: Work) -> None:
    """Rows that are no longer, or not yet, what lists are about."""
    yesterday, later = work.today - timedelta(days=1), work.today + timedelta(days=900)
    village = (await work.db.scalars(select(AreaRow).where(AreaRow.code == "371681101200"))).one()
    item = (await work.db.scalars(select(ServiceItemRow).where(ServiceItemRow.code == PERMIT))).one()
    staff = (await work.db.scalars(select(StaffRow).where(StaffRow.login == "helper-village"))).one()
    changes = {"id": new_id(), "version": item.version + 1, "effective_from": later, "name": "以后的样本事项"}
    values = {each.name: getattr(item, each.name) for each in ServiceItemRow.__table__.columns} | changes
    area_id = new_id()
    gone = AreaRow(
        id=area_id,
        key="gone",
        name="已撤销的样本村",
        full_name="已撤销的样本村",
        level=village.level,
        kind=village.kind,
        parent_id=village.parent_id,
        path=f"{village.path.rpartition('.')[0]}.{area_id.hex}",
        retired_on=yesterday,
    )
    left = StaffRow(id=new_id(), key="left", name="样本人", active=False)
    portal = StaffRow(
        id=new_id(),
        key="portal-1",
        name="样本门户",
        login="portal-1",
        portal_origins=["https://portal.test"],
        portal_documents_only=False,
    )
    work.db.add_all([gone, left, portal, ServiceItemRow(**values)])
    await work.db.flush()
    ended = {"role": "guide", "area_id": village.id, "since": yesterday, "until": yesterday}
    begins = {"role": "guide", "area_id": village.id, "since": later, "until": None}
    for dates in (ended, begins):
        work.db.add(AssignmentRow(id=new_id(), staff_id=staff.id, **dates))
    await work.db.flush()


def ordered(value: Any) -> str:
    """As text: keys stand in the order in which they were asked for."""
    return json.dumps(value, ensure_ascii=False, indent=1)


def test_the_planned_answer_is_the_true_one(desk: Desk, truths: dict[str, Truth]) -> None:
    seen: list[str] = []

    # Plain seeds: an operation is one draw, and what fails is small enough to read.
    @settings(
        max_examples=150,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
    )
    @given(seed=st.integers(0, 2**32 - 1), login=st.sampled_from(CALLERS))
    def compare(seed: int, login: str) -> None:
        truth = truths[login]
        drawing = Drawing(
            Random(seed),
            core_schema(),
            {**pools_of(truth), **pools_beside(truth)},
            without=ELSEWHERE | STILL | refused_to(truth),
        )
        text = drawing.text()
        note(f"{login}: {text}\n{json.dumps(drawing.variables, ensure_ascii=False)}")
        reply = desk.staff(login)(text, **drawing.variables)
        if reply.body.get("errors"):
            seen.append(reply.code)
            assert reply.code == "LIMIT_EXCEEDED" or forbidden(truth, reply.code), reply.body
            return
        seen.append("data")
        assert ordered(reply.data) == ordered(truth.answer(text, drawing.variables))

    compare()
    assert seen.count("data") > len(seen) * 0.7


def refused_to(truth: Truth) -> set[str]:
    """What this caller is not let ask at all."""
    held = set(truth.grants.permissions())
    refused = {name for name, permission in NEEDED.items() if permission not in held}
    return refused if Permission.STAFF_MANAGE in held else refused | MANAGED


def forbidden(truth: Truth, code: str) -> bool:
    """An auditor may read neither staff nor teams as lists."""
    return code == "FORBIDDEN" and truth.principal.kind == "AUDITOR"
