"""Jiangning (DOMAIN 2.5, G11): windows of district, street and communities run as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from tests.api.casework import Desk, Run, applicant, done, fresh, refused, seen, together
from tests.api.clients import Place

from bangban.settings import Settings
from bangban.web.services import AppServices

COMMUNITY = "320115002001"  # 东旺社区, of 秣陵街道
PERMIT = "TPL-RESIDENCE-PERMIT"
PAPERS = ["ID-CARD", "LEASE", "LANDLORD-DEED", "LANDLORD-ID-CARD", "PHOTO"]
DELEGATIONS = """query($filter: DelegationFilter) { delegations(filter: $filter) {
    edges { node { id scope live area { name } point { key } service { code } } } } }"""
DELEGATE = "mutation($i: DelegateServiceInput!) { delegateService(input: $i) { id live } }"
WITHDRAW = "mutation($i: WithdrawDelegationInput!) { withdrawDelegation(input: $i) { live running } }"


@pytest.fixture(scope="module")
def desk(place: Callable[[str], Place], services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(place("nanjing-jiangning"), services, run, app_settings.outbox_folder)


def accepted(desk: Desk, code: str = PERMIT, papers: Sequence[str] = PAPERS) -> str:
    """A case that a community's window took in: its number."""
    clerk = desk.staff("clerk-village")
    given = {"serviceCode": code, "areaId": desk.area(COMMUNITY), "applicant": applicant(fresh())}
    case = done(clerk, "applyForCase", **given, supplied=papers)
    assert (case["channel"], case["helper"]["id"]) == ("STATION", desk.staff_id("clerk-village"))
    done(clerk, "preCheckCase", number=case["number"])
    return str(done(clerk, "acceptCase", number=case["number"])["number"])


def test_a_community_accepts_and_the_owner_decides(desk: Desk) -> None:
    number = accepted(desk)
    decision = {"number": number, "outcome": "DONE", "opinion": "同意"}
    # It may accept; the decision stays with the county.
    assert refused(desk.staff("clerk-village"), "completeCase", **decision)[0] == "ITEM_NOT_HANDLED_HERE"
    for login in ("clerk-village", "clerk-town", "clerk-county"):  # three levels, one number
        found = seen(desk.staff(login), number)
        assert found is not None
        assert (found["number"], found["state"]) == (number, "ACCEPTED")
    ended = done(desk.staff("clerk-county"), "completeCase", **decision)
    assert (ended["number"], ended["state"]) == (number, "COMPLETED")
    assert [each["kind"] for each in ended["timeline"]][:3] == ["SUBMITTED", "PRE_CHECKED", "ACCEPTED"]


def test_what_is_taken_back_goes_to_the_owner_at_once(desk: Desk) -> None:
    admin, number = desk.staff("admin"), accepted(desk)
    filter_ = {"serviceCode": PERMIT, "areaId": desk.area("320115002")}
    (edge,) = desk.place.anonymous(DELEGATIONS, filter=filter_).data["delegations"]["edges"]
    assert (edge["node"]["scope"], edge["node"]["area"]["name"]) == ("ACCEPT", "秣陵街道")
    back = {"delegationId": edge["node"]["id"], "running": "RETURN", "reason": "清单调整"}
    assert admin(WITHDRAW, i={**back, "on": "2099-01-01"}).code == "INVALID_INPUT"  # cases go today or not
    assert admin(WITHDRAW, i=back).data["withdrawDelegation"] == {"live": False, "running": "RETURN"}
    assert admin(WITHDRAW, i=back).code == "CONFLICT"
    found = seen(desk.staff("clerk-county"), number)
    assert found is not None
    assert found["helper"]["id"] != desk.staff_id("clerk-village")
    assert found["firstAsked"]["id"] == desk.staff_id("clerk-village")  # who never leaves it
    assert "清单调整" in found["timeline"][-1]["note"]
    assert (desk.actor("admin"), "case:hand-over") in desk.trail(f"case:{number}")
    # From now on the community takes nothing in; given anew, it does.
    given = {"serviceCode": PERMIT, "areaId": desk.area(COMMUNITY), "applicant": applicant(fresh())}
    clerk = desk.staff("clerk-village")
    other = str(done(clerk, "applyForCase", **given, supplied=PAPERS)["number"])
    done(clerk, "preCheckCase", number=other)  # which its level may do
    assert refused(clerk, "acceptCase", number=other)[0] == "ITEM_NOT_HANDLED_HERE"
    again = {
        "serviceCode": PERMIT,
        "fromAreaId": desk.area("320115"),
        "toAreaId": desk.area(COMMUNITY),
        "scope": "ACCEPT",
        "basis": "新清单",
    }
    assert admin(DELEGATE, i=again).data["delegateService"]["live"] is True
    assert admin(DELEGATE, i=again).code == "CONFLICT"
    assert done(clerk, "acceptCase", number=other)["state"] == "ACCEPTED"


def test_the_town_delegates_no_item_of_the_county(desk: Desk) -> None:
    wrong = {
        "serviceCode": PERMIT,
        "fromAreaId": desk.area("320115002"),
        "toAreaId": desk.area(COMMUNITY),
        "scope": "FULL",
        "basis": "越级",
    }
    assert desk.staff("admin")(DELEGATE, i=wrong).code == "INVALID_INPUT"
    assert desk.staff("clerk-county")(DELEGATE, i=wrong).code == "FORBIDDEN"


CARD = "TPL-SOCIAL-SECURITY-CARD"


@pytest.mark.parametrize("running", [("RETURN", "RETURN"), ("RETURN", "KEEP"), ("KEEP", "RETURN")])
def test_of_two_withdrawals_at_once_one_counts_and_nothing_happens_twice(
    desk: Desk, running: tuple[str, str]
) -> None:
    admin = desk.staff("admin")
    delegation_id = _given_again(desk)
    cases = [accepted(desk, CARD, ["ID-CARD", "PHOTO"]) for _ in range(2)]
    before = {number: len(desk.trail(f"case:{number}")) for number in cases}
    both = [
        admin.send(WITHDRAW, i={"delegationId": delegation_id, "running": each, "reason": f"清单调整:{each}"})
        for each in running
    ]
    replies = desk.run(together(*both))
    (lost,) = [each for each in replies if "errors" in each.body]
    assert lost.code == "CONFLICT"
    (won,) = [each.data["withdrawDelegation"] for each in replies if each is not lost]
    assert won["live"] is False
    returned = won["running"] == "RETURN"
    for number in cases:
        found = seen(admin, number)
        assert found is not None
        back = [each for each in found["timeline"] if "清单调整" in str(each["note"])]
        assert len(back) == (1 if returned else 0), "handed back once, by the one that counted"
        assert (found["helper"]["id"] == desk.staff_id("clerk-village")) is not returned
        acts = desk.trail(f"case:{number}")[before[number] :]
        assert [action for _, action in acts] == ["case:hand-over"] * returned
    assert len(desk.trail(f"delegation:{delegation_id}")) == 2, "given, and withdrawn once"


def test_what_began_today_stays_with_the_community_that_loses_the_item_today_and_nothing_later_does(
    desk: Desk,
) -> None:
    admin, clerk = desk.staff("admin"), desk.staff("clerk-village")
    wanted = {
        "serviceCode": "TPL-DISABILITY-CARD",
        "fromAreaId": desk.area("320115"),
        "toAreaId": desk.area(COMMUNITY),
    }
    given = {**wanted, "scope": "ACCEPT", "basis": "新清单"}
    delegation_id = admin(DELEGATE, i=given).data["delegateService"]["id"]

    def pre_checked() -> str:
        given = {
            "serviceCode": "TPL-DISABILITY-CARD",
            "areaId": desk.area(COMMUNITY),
            "applicant": applicant(fresh()),
        }
        number = str(
            done(clerk, "applyForCase", **given, supplied=["ID-CARD", "ASSESSMENT", "PHOTO"])["number"]
        )
        done(clerk, "preCheckCase", number=number)
        return number

    before = pre_checked()
    kept = {"delegationId": delegation_id, "running": "KEEP", "reason": "清单调整"}
    assert admin(WITHDRAW, i=kept).data["withdrawDelegation"] == {"live": False, "running": "KEEP"}
    after = pre_checked()
    assert done(clerk, "acceptCase", number=before)["state"] == "ACCEPTED"
    assert refused(clerk, "acceptCase", number=after)[0] == "ITEM_NOT_HANDLED_HERE"


def _given_again(desk: Desk) -> str:
    """A live delegation of the card to the community, whatever was withdrawn before."""
    wanted = {"serviceCode": CARD, "fromAreaId": desk.area("320115"), "toAreaId": desk.area(COMMUNITY)}
    reply = desk.staff("admin")(DELEGATE, i={**wanted, "scope": "ACCEPT", "basis": "样本清单"})
    return str(reply.data["delegateService"]["id"])
