"""济宁: an agent does an online step for an old resident, thanks are counted, and the contact book stays true."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update
from tests.api.casework import Desk, Run, applicant, fresh
from tests.api.casework import done as casework_done
from tests.api.clients import Place
from tests.api.named import text_of
from tests.journeys.orders import done, sent

from bangban.features.cards.tables import ServiceCardRow
from bangban.features.people.tables import TeamMemberRow, TeamRow
from bangban.features.proxy_use.tables import ProxyUseRow
from bangban.features.recognitions.service import forget_givers
from bangban.features.recognitions.tables import RecognitionRow
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web.services import AppServices

VILLAGE = "370871002001"
SHARE = """query { all: proxyUses { totalCount } old: proxyUses(filter: {elderly: true}) { totalCount } }"""


@pytest.fixture(scope="module")
def desk(place: Callable[[str], Place], services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(place("jining-hitech"), services, run, app_settings.outbox_folder)


def use(**given: Any) -> dict[str, Any]:
    agreed = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=10)
    return {
        "step": "APPLY",
        "consent": "SPOKEN",
        "consentedAt": agreed.isoformat(),
        "app": "爱山东",
        "entered": ["姓名", "手机号", "登录密码"],
        "shown": ["所需材料"],
        "elderly": True,
        **given,
    }


def test_an_agent_applies_online_for_a_resident_who_cannot(desk: Desk) -> None:
    agent, n = desk.staff("helper-village"), fresh()
    asked = {"serviceCode": "TPL-RESIDENCE-PERMIT", "areaId": desk.area(VILLAGE), "applicant": applicant(n)}
    number = casework_done(agent, "applyForCase", **asked)["number"]
    for wrong in ({"entered": ["Passw0rd!"]}, {"shown": ["余额 1234.56"]}, {"app": "https://example.org"}):
        assert sent(agent, "RecordProxyUse", **use(number=number, **wrong)).code == "INVALID_INPUT"
    stale = (dt.datetime.now(dt.UTC) - dt.timedelta(days=2)).isoformat()
    assert sent(agent, "RecordProxyUse", **use(number=number, consentedAt=stale)).code == "INVALID_INPUT"
    assert desk.scalar(select(func.count()).select_from(ProxyUseRow)) == 0, "what is refused is not kept"

    kept = done(agent, "RecordProxyUse", **use(number=number))
    assert (kept["caseNumber"], kept["entered"], kept["app"]) == (
        number,
        ["姓名", "手机号", "登录密码"],
        "爱山东",
    )
    found = desk.resident(n)(
        "query($n: String!) { case(number: $n) { channel timeline { kind actor note } } }", n=number
    ).data["case"]
    assert found["channel"] == "PROXY"
    last = found["timeline"][-1]
    assert last["kind"] == "PROXY_USED"
    assert "登录密码" in last["note"]  # that one was typed; never which
    entry = select(AuditEntryRow.details).where(
        AuditEntryRow.object == f"case:{number}", AuditEntryRow.action == "proxy:record"
    )
    assert desk.scalar(entry) == {"step": "APPLY", "consent": "SPOKEN", "channel_before": "STATION"}
    assert sent(agent, "RecordProxyUse", **use(number=number)).code == "CONFLICT"  # it was applied for once

    about = {"number": None, "serviceCode": "TPL-RESIDENCE-PERMIT", "areaId": desk.area(VILLAGE)}
    done(agent, "RecordProxyUse", **use(**about, step="LOOK_UP", elderly=False))
    assert (
        sent(agent, "RecordProxyUse", **use(**about | {"areaId": desk.area("370871003")})).code == "FORBIDDEN"
    )
    for reader in ("supervisor", "auditor"):
        share = desk.staff(reader)(SHARE).data
        assert (share["old"]["totalCount"], share["all"]["totalCount"]) == (1, 2)
    assert desk.staff("clerk-county")(SHARE).code == "FORBIDDEN"
    assert sent(desk.staff("auditor"), "RecordProxyUse", **use(number=number)).code == "FORBIDDEN"


def test_thanks_are_counted_and_whoever_gave_them_is_forgotten(desk: Desk) -> None:
    leader, auditor = desk.staff("leader"), desk.staff("auditor")
    given = {"kind": "BANNER", "giver": "王小明", "on": "2026-09-05", "areaId": desk.area("370871")}
    to_helper = {**given, "staffId": desk.staff_id("helper-county")}
    assert sent(leader, "RecordRecognition", **given).code == "INVALID_INPUT"  # for nobody
    assert sent(leader, "RecordRecognition", **{**to_helper, "on": "2099-01-01"}).code == "INVALID_INPUT"
    assert sent(desk.staff("helper-county"), "RecordRecognition", **to_helper).code == "FORBIDDEN"
    kept = done(leader, "RecordRecognition", **to_helper)
    team = desk.scalar(select(TeamRow.id).where(TeamRow.key == "paoxiaoqing"))
    done(leader, "RecordRecognition", **{**given, "kind": "LETTER", "teamId": str(team)})
    assert "小明" not in kept["giver"]

    def counted(**filter_: Any) -> Any:
        return auditor(text_of("Recognitions"), filter=filter_).data["recognitions"]

    assert (counted()["totalCount"], counted(kind="BANNER")["totalCount"]) == (2, 1)
    assert [each["node"]["giver"] for each in counted(kind="BANNER")["edges"]] == [kept["giver"]]

    async def later(work: Work) -> int:
        return await forget_givers(work, recorded_before=work.now + dt.timedelta(days=1), most=10)

    assert desk.inside(later) == 2
    assert desk.inside(later) == 0
    assert counted()["totalCount"] == 2  # they still count
    assert {each["node"]["giver"] for each in counted()["edges"]} == {"***"}
    assert desk.scalar(select(func.count(RecognitionRow.giver_sealed))) == 0


def test_the_contact_book_is_kept_by_the_lead_and_grows_stale(desk: Desk) -> None:
    team, lead = (
        desk.scalar(select(TeamRow.id).where(TeamRow.key == "paoxiaoqing")),
        desk.staff("helper-county"),
    )
    given = {"teamId": str(team), "role": "帮办代办专员", "phone": "0537-1234567"}
    assert sent(lead, "PublishContact", **given).code == "NOT_FOUND"  # a member, and not its lead

    def change(row: Any, **values: Any) -> None:
        async def do(work: Work) -> None:
            which = row.id == team if row is TeamRow else row.staff_id == who
            await work.db.execute(update(row).where(which).values(values))

        desk.inside(do)

    who = desk.staff_id("helper-county")
    change(TeamMemberRow, lead=True)
    assert sent(lead, "PublishContact", **{**given, "phone": "13812345678"}).code == "INVALID_INPUT"
    assert done(lead, "PublishContact", **given)["stale"] is False

    def book(client: Any, **given: Any) -> list[dict[str, Any]]:
        return [each["node"] for each in client(text_of("ContactBook"), **given).data["contactBook"]["edges"]]

    (entry,) = book(desk.place.anonymous)
    assert (entry["team"], entry["role"], entry["phone"]) == (
        "青·帮办代办中心",
        "帮办代办专员",
        "0537-1234567",
    )
    done(desk.staff("admin"), "IssueCards", areaId=desk.area("370871"), batch="通讯录", count=1)
    code = desk.scalar(select(ServiceCardRow.code).where(ServiceCardRow.batch == "通讯录"))
    assert done(desk.place.anonymous, "ScanCard", code=code)["officePhone"] == "0537-1234567"
    long_ago = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=40)
    change(TeamRow, contact_checked_on=long_ago)
    assert [each["stale"] for each in book(lead, stale=True)] == [True]
    assert book(lead, stale=False) == []
    change(TeamRow, contact_until=long_ago)
    assert book(desk.place.anonymous) == []  # run out: of use to those who renew it alone
    assert done(desk.place.anonymous, "ScanCard", code=code)["officePhone"] is None
    assert len(book(lead, stale=True)) == 1
    assert done(lead, "PublishContact", **given)["stale"] is False
    assert done(desk.staff("leader"), "PublishContact", teamId=str(team))["role"] is None
    assert book(lead) == []
