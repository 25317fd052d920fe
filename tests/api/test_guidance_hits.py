"""Whether questions led to the right place: what is remembered of it, what is counted, and who is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from tests.api.casework import PERMIT, Desk, Run, applicant, application, done, fresh, mutation_of, refused
from tests.api.clients import Client
from tests.api.conftest import Place
from tests.api.parts.bundles import BUNDLE, SECOND, VILLAGE, offer
from tests.api.parts.guidance import GUIDE, guide, led

from bangban.features.cases.tables import CaseRow
from bangban.features.guidance.questions import Answer, Words
from bangban.features.guidance.service import publish_guidance
from bangban.settings import Settings
from bangban.web.services import AppServices

HITS = """query($code: String!, $version: Int) { guidanceHits(code: $code, version: $version) {
    key question label serviceCode bundleCode begun elsewhere waiting accepted declined withdrawn hitRate } }"""
COUNTS = ("begun", "elsewhere", "waiting", "accepted", "declined", "withdrawn")
COUNTY = "371083"


@pytest.fixture(scope="module")
def desk(rushan: Place, services: AppServices, run: Run, app_settings: Settings) -> Desk:
    """乳山, with questions that lead to a permit by two ways."""
    desk = Desk(rushan, services, run, app_settings.outbox_folder)
    desk.inside(lambda work: publish_guidance(work, [(guide(PERMIT), "sample")]))
    return desk


def hits(client: Client, code: str = GUIDE, **more: Any) -> dict[str, dict[str, Any]]:
    found = client(HITS, code=code, **more).data["guidanceHits"]
    return {each["key"]: each for each in found}


def counted(desk: Desk, key: str) -> tuple[int, ...]:
    ending = hits(desk.staff("leader"))[key]
    return tuple(ending[name] for name in COUNTS)


def test_what_came_of_each_end_is_counted(desk: Desk) -> None:
    before = counted(desk, "first/at-once")
    clerk, me = desk.staff("clerk-county"), desk.resident(fresh())
    papers = {"supplied": ["ID-CARD", "DWELLING", "PHOTO"]}
    numbers = [led(me, desk, COUNTY, "at-once", **papers) for _ in range(4)]
    for number in numbers[:2]:
        done(clerk, "preCheckCase", number=number)
    done(clerk, "acceptCase", number=numbers[0])
    done(clerk, "declineCase", number=numbers[2], reason="属于其他事项", basis="样例法第一条")
    done(me, "withdrawCase", number=numbers[3])
    led(me, desk, COUNTY, "at-once", serviceCode=SECOND)
    after = counted(desk, "first/at-once")
    assert tuple(now - then for now, then in zip(after, before, strict=True)) == (5, 1, 1, 1, 1, 1)
    ending = hits(desk.staff("auditor"))["first/at-once"]
    decided = ending["begun"] - ending["waiting"]
    assert ending["hitRate"] == pytest.approx(ending["accepted"] / decided)
    assert (ending["serviceCode"], ending["bundleCode"]) == (PERMIT, None)
    done(clerk, "acceptCase", number=numbers[1])
    assert counted(desk, "first/at-once")[2:4] == (after[2] - 1, after[3] + 1)


def test_only_the_end_is_remembered_and_not_the_way(desk: Desk) -> None:
    number = led(desk.resident(fresh()), desk, COUNTY, "further", "this")
    assert hits(desk.staff("leader"))["second/this"]["begun"] >= 1

    async def kept(work: Any) -> Any:
        row = (await work.db.scalars(select(CaseRow).where(CaseRow.number == number))).one()
        return row.guidance_end, row.guidance_id is not None

    assert desk.inside(kept) == ("second/this", True)


def test_a_way_that_is_none_is_refused(desk: Desk) -> None:
    me = desk.resident(fresh())
    wrong = {
        "input.guidance": ({"code": GUIDE, "version": 9, "answers": ["at-once"]}, "NOT_FOUND"),
        "input.guidance.answers": ({"code": GUIDE, "version": 1, "answers": ["further"]}, "INVALID_INPUT"),
    }
    for field, (way, code) in wrong.items():
        given = application(desk.area(COUNTY), fresh(), guidance=way)
        assert refused(me, "applyForCase", **given) == (code, [field])
    for answers in ([], ["at-once", "more"], ["nonsense"]):
        way = {"code": GUIDE, "version": 1, "answers": answers}
        given = application(desk.area(COUNTY), fresh(), guidance=way)
        assert refused(me, "applyForCase", **given)[0] == "INVALID_INPUT"


def test_several_matters_at_once_count_as_one(zouping: Place, desk: Desk) -> None:
    there = Desk(zouping, desk.services, desk.run, desk.outbox)
    words = Words(zh="样本", en="Sample")
    draft = guide(PERMIT)
    node = replace(draft.nodes[0], answers=(Answer(key="moving", label=words, bundle=BUNDLE),))

    async def publish(work: Any) -> None:
        await offer(work)
        to_bundle = replace(draft, code="SAMPLE-MOVING", nodes=(node,))
        await publish_guidance(work, [(to_bundle, "sample")])

    there.inside(publish)
    before = hits(there.staff("leader"), "SAMPLE-MOVING")["first/moving"]
    n = fresh()
    me = there.resident(n)
    given = {
        "bundleCode": BUNDLE,
        "areaId": there.area(VILLAGE),
        "applicant": applicant(n),
        "guidance": {"code": "SAMPLE-MOVING", "version": 1, "answers": ["moving"]},
    }
    made = me(mutation_of("applyForBundle", "number"), input=given).data["applyForBundle"]
    once = hits(there.staff("leader"), "SAMPLE-MOVING")["first/moving"]
    assert (once["begun"] - before["begun"], once["waiting"] - before["waiting"]) == (1, 1)
    assert once["bundleCode"] == BUNDLE
    assert me(mutation_of("withdrawBundle", "number"), input={"number": made["number"]}).data
    over = hits(there.staff("leader"), "SAMPLE-MOVING")["first/moving"]
    assert (over["waiting"], over["withdrawn"]) == (once["waiting"] - 1, once["withdrawn"] + 1)
    assert over["elsewhere"] == 0


def test_the_indicator_says_the_same_of_all_questions(desk: Desk) -> None:
    leader = desk.staff("leader")
    asked = "{ indicators(mechanisms: [E04]) { key part whole value } }"
    (before,) = leader(asked).data["indicators"]
    number = led(desk.resident(fresh()), desk, COUNTY, "at-once")
    assert leader(asked).data["indicators"] == [before], "it waits"
    done(
        desk.staff("clerk-county"), "declineCase", number=number, reason="属于其他事项", basis="样例法第一条"
    )
    (after,) = leader(asked).data["indicators"]
    assert (after["part"], after["whole"]) == (before["part"], before["whole"] + 1)
    endings = hits(leader).values()
    assert after["part"] == sum(each["accepted"] for each in endings)
    assert after["whole"] == sum(each["begun"] - each["waiting"] for each in endings)


def test_counts_are_for_staff_and_auditors(desk: Desk) -> None:
    strangers = {"UNAUTHENTICATED": desk.place.anonymous, "FORBIDDEN": desk.resident(fresh())}
    for code, client in strangers.items():
        assert client(HITS, code=GUIDE).code == code
    assert desk.staff("leader")(HITS, code="NO-SUCH").data["guidanceHits"] == []
    assert desk.staff("leader")(HITS, code=GUIDE, version=7).data["guidanceHits"] == []
