"""迈皋桥: who has just moved in asks once for four matters, gives each paper once, and is refused one of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.api.casework import Desk, Run, applicant, fresh, mutation_of
from tests.api.clients import Client, Place
from tests.api.named import text_of

from bangban.kernel.identifiers import sample_phone
from bangban.settings import Settings
from bangban.web.services import AppServices

COMMUNITY = "320113003001"
BUNDLE = "NJQX-FLOATING-POPULATION"
PERMIT, BIRTH, TRAINING, JOB = range(4)  # places of the matters in the bundle
FORM = [{"key": "address", "value": "样本路 1 号"}, {"key": "moved-in", "value": "2026-03-01"}]
OWN_PAPERS = [
    "TPL-RESIDENCE-PERMIT/LANDLORD-DEED",
    "TPL-RESIDENCE-PERMIT/LANDLORD-ID-CARD",
    "TPL-RESIDENCE-PERMIT/PHOTO",
    "NJQX-BIRTH-PAPER/SPOUSE-ID-CARD",
    "NJQX-BIRTH-PAPER/MARRIAGE",
    "NJQX-VOCATIONAL-TRAINING/APPLICATION",
    "NJQX-VOCATIONAL-TRAINING/CERTIFICATE",
]
WHY = {"reason": "培训项目不在补贴目录内", "basis": "就业补助资金管理办法"}


@pytest.fixture(scope="module")
def desk(place: Callable[[str], Place], services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(place("nanjing-qixia"), services, run, app_settings.outbox_folder)


def sent(client: Client, name: str, **given: Any) -> Any:
    """What a named mutation answers."""
    field = name[0].lower() + name[1:]
    return client(text_of(name), input=given).data[field]


def seen(client: Client, number: str) -> Any:
    """The application as the caller sees it."""
    return client(text_of("BundleApplication"), number=number).data["bundleApplication"]


def apply(desk: Desk, client: Client, n: int, **more: Any) -> Any:
    given = {"bundleCode": BUNDLE, "areaId": desk.area(COMMUNITY), "applicant": applicant(n), "form": FORM}
    return sent(client, "ApplyForBundle", **(given | more))


def act(client: Client, name: str, **given: Any) -> None:
    assert client(mutation_of(name, "id"), input=given).data


def complete(desk: Desk, number: str, **more: Any) -> None:
    """The street's window accepts a case and decides it."""
    clerk = desk.staff("clerk-town")
    act(clerk, "preCheckCase", number=number)
    act(clerk, "acceptCase", number=number)
    given = {"outcome": "GRANTED", "opinion": "同意", "resultNumber": f"证{number[-4:]}"}
    act(clerk, "completeCase", number=number, **(given | more))


def numbers(made: Any) -> list[str]:
    return [each["number"] for each in made["members"]]


def test_whoever_does_not_know_is_led_to_the_bundle(desk: Desk) -> None:
    ask = desk.place.anonymous
    step: Any = ask(text_of("Guidance"), code="NJQX-NEW-HERE").data["guidance"]
    answers: list[str] = []
    for given in ("elsewhere", "yes", "several"):
        assert given in [each["key"] for each in step["question"]["answers"]]
        answers.append(given)
        step = ask(text_of("Guidance"), code="NJQX-NEW-HERE", version=step["version"], answers=answers).data[
            "guidance"
        ]
    end = step["end"]["bundle"]
    assert end["code"] == BUNDLE
    assert [each["key"] for each in end["materials"]][:2] == ["ID-CARD", "LEASE"]
    (listed,) = ask(text_of("Bundles"), filter={"code": BUNDLE}).data["bundles"]["edges"]
    assert listed["node"]["promisedWorkingDays"] == 10
    assert (listed["node"]["materialsOnce"], listed["node"]["materialsSeparately"]) == (9, 13)


def test_a_matter_is_refused_and_the_others_are_given_out_together(desk: Desk) -> None:
    n = fresh()
    helper, clerk, resident = desk.staff("helper-village"), desk.staff("clerk-town"), desk.resident(n)
    # The community's helper files it with the applicant, who has the lease with them but not the rest.
    made = apply(desk, helper, n, supplied=["ID-CARD", "LEASE"])
    assert made["state"] == "SUBMITTED"
    assert made["promisedWorkingDays"] == 10, "the longest of the four, not their sum"
    shared = {each["key"]: each for each in made["materials"]}
    assert len(shared["ID-CARD"]["caseNumbers"]) == 4
    assert shared["ID-CARD"]["state"] == shared["LEASE"]["state"] == "SUPPLIED"
    assert shared[OWN_PAPERS[0]]["state"] == "MISSING"
    # The window tells once what is missing in one; the applicant hands it in, for all that need it.
    cases = numbers(made)
    missing = [{"code": code, "reason": "未提交"} for code in ("SPOUSE-ID-CARD", "MARRIAGE")]
    act(clerk, "preCheckCase", number=cases[BIRTH], missing=missing)
    assert seen(resident, made["number"])["state"] == "AWAITING_MATERIALS"
    after = sent(resident, "SupplyBundleMaterials", number=made["number"], materials=OWN_PAPERS)
    assert {each["state"] for each in after["materials"]} == {"SUPPLIED"}
    # One is refused with its grounds; that stands on the application and stops nobody.
    complete(desk, cases[TRAINING], outcome="REFUSED", opinion=WHY["reason"], basis=WHY["basis"])
    complete(desk, cases[PERMIT])
    halfway = seen(resident, made["number"])
    assert halfway["state"] == "IN_PROGRESS"
    assert halfway["progress"] == {"total": 4, "open": 2, "done": 1, "notDone": 1}
    refused = halfway["members"][TRAINING]
    assert (refused["outcome"], refused["reason"], refused["basis"]) == ("REFUSED", *WHY.values())
    # The permit is decided, but the applicant wants all together: nothing is given out yet.
    assert halfway["members"][PERMIT]["case"] == halfway["members"][PERMIT]["case"] | {
        "resultNumber": None,
        "resultHeld": True,
    }
    waiting = clerk(text_of("ReleaseResults"), input={"number": made["number"]})
    assert waiting.code == "CONFLICT"
    assert cases[BIRTH] in waiting.body["errors"][0]["extensions"]["message"]
    complete(desk, cases[BIRTH])
    complete(desk, cases[JOB])
    ready = seen(desk.staff("supervisor"), made["number"])
    assert (ready["state"], ready["resultsReady"]) == ("PARTLY_COMPLETED", True)
    given = sent(resident, "ReleaseResults", number=made["number"])
    released = [each["releasedAt"] is not None for each in given["members"]]
    assert released == [True] * 4, "the refusal is a decision too, and is handed over"
    assert given["members"][PERMIT]["case"] == {
        "resultNumber": f"证{cases[PERMIT][-4:]}",
        "resultHeld": False,
    }
    again = resident(text_of("ReleaseResults"), input={"number": made["number"]})
    assert again.code == "CONFLICT"


def test_results_are_given_out_part_by_part_where_the_applicant_wants_that(desk: Desk) -> None:
    n = fresh()
    resident = desk.resident(n)
    made = apply(
        desk,
        resident,
        n,
        services=["TPL-RESIDENCE-PERMIT", "NJQX-EMPLOYMENT-REGISTRATION"],
        supplied=["ID-CARD", "LEASE", *OWN_PAPERS[:3]],
    )
    permit, job = numbers(made)
    complete(desk, job)
    parts = sent(resident, "ReleaseResults", number=made["number"], inParts=True)
    assert parts["release"] == "IN_PARTS"
    assert [each["releasedAt"] is not None for each in parts["members"]] == [False, True]
    assert parts["members"][1]["case"]["resultNumber"]
    complete(desk, permit)
    assert sent(resident, "ReleaseResults", number=made["number"])["state"] == "COMPLETED"


def test_who_may_see_and_do_what(desk: Desk, place: Callable[[str], Place]) -> None:
    n, other = fresh(), fresh()
    resident, stranger = desk.resident(n), desk.resident(other)
    made = apply(desk, resident, n, supplied=["ID-CARD"])
    number = made["number"]
    masked_form = [{**each, "value": f"{each['value'][0]}***"} for each in FORM]
    assert seen(resident, number)["form"] == masked_form
    asked = {"number": number, "reason": "上门前核对地址"}
    assert desk.staff("clerk-town")(text_of("RevealBundleForm"), input=asked).data["revealBundleForm"] == FORM
    for login in ("leader", "auditor"):
        assert desk.staff(login)(text_of("RevealBundleForm"), input=asked).code == "FORBIDDEN"
    for login in ("clerk-town", "supervisor", "leader", "admin", "helper-village"):
        assert seen(desk.staff(login), number)["number"] == number
    masked = seen(desk.staff("auditor"), number)
    assert masked["form"] is None
    assert masked["applicant"]["name"] != "样本人"
    assert seen(stranger, number) is None
    for who, name, code in (
        (stranger, "WithdrawBundle", "NOT_FOUND"),
        (desk.staff("auditor"), "WithdrawBundle", "FORBIDDEN"),
        (desk.staff("leader"), "WithdrawBundle", "FORBIDDEN"),
        (desk.staff("helper-village"), "ReleaseResults", "FORBIDDEN"),
        (desk.place.anonymous, "ReleaseResults", "UNAUTHENTICATED"),
        (place("nanjing-pukou").sign_in("clerk-town"), "ReleaseResults", "NOT_FOUND"),
    ):
        assert who(text_of(name), input={"number": number}).code == code, (name, code)
    lead = desk.staff("clerk-town")
    page = lead(text_of("BundleApplications"), filter={"bundleCode": BUNDLE, "state": "SUBMITTED"}, first=100)
    assert number in [each["node"]["number"] for each in page.data["bundleApplications"]["edges"]]
    over = sent(resident, "WithdrawBundle", number=number, reason="不在这里住了")
    assert over["state"] == "WITHDRAWN"
    assert resident(text_of("WithdrawBundle"), input={"number": number}).code == "ILLEGAL_TRANSITION"


def test_each_application_in_a_list_shows_its_own_applicant_and_clock(desk: Desk) -> None:
    people = [fresh() for _ in range(3)]
    made = [apply(desk, desk.resident(n), n, supplied=["ID-CARD", "LEASE", *OWN_PAPERS]) for n in people]
    clerk = desk.staff("clerk-town")
    act(clerk, "preCheckCase", number=numbers(made[1])[JOB])
    act(clerk, "acceptCase", number=numbers(made[1])[JOB])
    fields = "number applicant { identityNumber phone } clock { promisedWorkingDays }"
    page = clerk(f"{{ bundleApplications(first: 100) {{ edges {{ node {{ {fields} }} }} }} }}")
    listed = {each["node"]["number"]: each["node"] for each in page.data["bundleApplications"]["edges"]}
    for n, each in zip(people, made, strict=True):
        assert listed[each["number"]]["applicant"]["phone"][-4:] == sample_phone(n)[-4:]
        assert listed[each["number"]]["applicant"] == {
            key: seen(clerk, each["number"])["applicant"][key] for key in ("identityNumber", "phone")
        }
    assert [listed[each["number"]]["clock"] is None for each in made] == [True, False, True]


def test_papers_are_fetched_at_the_door_when_the_applicant_says(desk: Desk) -> None:
    n = fresh()
    given: dict[str, Any] = {"bundleCode": BUNDLE, "areaId": desk.area(COMMUNITY), "modes": ["CARING"]}
    given |= {"applicant": applicant(n), "form": FORM}
    when = [{"mode": "CARING", "key": "visit-time", "value": "周六上午"}]
    resident = desk.resident(n)
    refused = resident(text_of("ApplyForBundle"), input=given)
    assert refused.body["errors"][0]["extensions"]["fields"] == ["input.modeFields"]
    made = resident(text_of("ApplyForBundle"), input=given | {"modeFields": when}).data["applyForBundle"]
    for number in numbers(made):
        case = resident(
            "query($n: String!) { case(number: $n) { modeDetails { key value } } }", n=number
        ).data["case"]
        assert [each["key"] for each in case["modeDetails"]] == ["visit-time"]


@pytest.mark.parametrize(
    ("code", "by"),
    [
        ("NJQX-EMPLOYMENT-REGISTRATION", ["一件事 NJQX-FLOATING-POPULATION", "情形引导 NJQX-NEW-HERE"]),
        ("TPL-RESIDENCE-PERMIT", ["一件事 NJQX-FLOATING-POPULATION", "情形引导 NJQX-NEW-HERE"]),
    ],
)
def test_what_questions_and_bundles_lead_to_is_not_withdrawn(desk: Desk, code: str, by: list[str]) -> None:
    admin = desk.staff("admin")
    reply = admin(text_of("WithdrawServiceItem"), input={"code": code})
    assert reply.code == "CONFLICT"
    assert all(each in reply.body["errors"][0]["message"] for each in by), reply.body
    assert desk.place.anonymous("query($c: String!) { service(code: $c) { code } }", c=code).data["service"]
