"""An administrator keeps the district's catalog through the API: adopts, adapts, takes over, imports, withdraws."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import openpyxl
import pytest
from sqlalchemy import select
from tests.api.access_building import build
from tests.api.access_world import ITEM, World
from tests.api.casework import Run, fresh, together
from tests.api.catalog_keeping import (
    ADOPT,
    DRIFT,
    HEADER,
    IMPORT,
    PUBLISH,
    SERVICE,
    TAKE,
    WITHDRAW,
    entries,
    file,
    given,
    sample,
)
from tests.api.clients import Client, refusal

from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.catalog.templates import TemplateCatalog
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work
from bangban.web.schema import core_schema
from bangban.web.services import AppServices


@pytest.fixture(scope="module")
def world(installation: Installation, services: AppServices, api: Client, run: Run) -> World:
    return build("catalog-kept", installation, services, api, run)


@pytest.fixture(scope="module")
def admin(world: World) -> Client:
    return world.client("admin COUNTY")


@pytest.fixture
def catalogs(services: AppServices) -> Iterator[dict[str, TemplateCatalog]]:
    """The templates of the process, put back afterwards."""
    held = cast("dict[str, TemplateCatalog]", services.catalogs)
    kept = dict(held)
    yield held
    held.update(kept)


def test_a_template_is_seen_adopted_adapted_and_taken_over_item_by_item(
    world: World, admin: Client, catalogs: dict[str, TemplateCatalog]
) -> None:
    one, other = sample(), sample(name="另一事项")
    catalogs["county"] = TemplateCatalog("county", [(one, None), (other, None)])
    shown = admin(ADOPT, input={"apply": False}).data["adoptTemplate"]
    assert (shown["applied"], shown["created"]) == (False, 2)
    assert {each["kind"] for each in admin(DRIFT).data["templateDrift"]} == {"NEW"}
    done = admin(ADOPT, input={}).data["adoptTemplate"]
    assert (done["applied"], done["created"], done["unchanged"]) == (True, 2, 0)
    assert admin(DRIFT).data["templateDrift"] == []
    assert world.anonymous(SERVICE, code=one.code).data["service"] == {"version": 1, "name": "样例事项"}
    assert entries(world, one.code) == [{"published": 1, "from": str(_today(world))}]

    admin(PUBLISH, input=given(one.code, theme="本地主题")).data  # noqa: B018 - it goes well
    newer = [replace(one, max_trips=0, theme="模板主题"), replace(other, max_trips=0)]
    catalogs["county"] = TemplateCatalog("county", [(each, None) for each in newer])
    found = {each["code"]: each for each in admin(DRIFT).data["templateDrift"]}
    assert {code: each["kind"] for code, each in found.items()} == {
        one.code: "ADAPTED",
        other.code: "CHANGED",
    }
    assert found[other.code]["differences"] == [
        {"field": "maxTrips", "district": "1", "template": "0", "changedBy": "TEMPLATE"}
    ]
    assert found[other.code]["taken"] != found[other.code]["offered"]
    by_field = {each["field"]: each for each in found[one.code]["differences"]}
    assert by_field["theme"] == {
        "field": "theme",
        "district": "本地主题",
        "template": "模板主题",
        "changedBy": "BOTH",
    }
    assert by_field["maxTrips"]["changedBy"] == "TEMPLATE"
    assert by_field["handledAt"]["changedBy"] == "DISTRICT"

    taken = admin(TAKE, input={"codes": [one.code, other.code]}).data["takeOverTemplateItems"]
    assert (taken["changed"], taken["unchanged"]) == (2, 0)
    changes = {each["code"]: each["differences"] for each in taken["items"]}
    assert changes == {code: [{"field": "maxTrips", "before": "1", "after": "0"}] for code in changes}
    assert admin(DRIFT).data["templateDrift"] == []
    again = admin(TAKE, input={"codes": [one.code, other.code]}).data["takeOverTemplateItems"]
    assert (again["changed"], again["unchanged"]) == (0, 2)


def test_a_template_that_is_not_there_is_refused(admin: Client) -> None:
    for query, more in ((ADOPT, {}), (TAKE, {"codes": []})):
        assert refusal(admin(query, input={"template": "none", **more})) == ("NOT_FOUND", ["input.template"])
    assert admin('{ templateDrift(template: "none") { code } }').data["templateDrift"] == []


def test_the_same_key_gives_the_same_answer_and_publishes_once(world: World, admin: Client) -> None:
    code = sample().code
    key = {"Idempotency-Key": f"publish-{code}"}
    first = admin(PUBLISH, headers=key, input=given(code, fee={"amount": "12.5", "basis": "样例依据"}))
    again = admin(PUBLISH, headers=key, input=given(code, fee={"amount": "12.5", "basis": "样例依据"}))
    assert first.data == again.data
    assert first.data["publishServiceItem"]["fee"] == {"amount": "12.50"}
    assert len(entries(world, code)) == 1
    assert refusal(admin(PUBLISH, headers=key, input=given(code)))[0] == "IDEMPOTENCY_CONFLICT"
    # Without a key the same text is the same version as well.
    admin(PUBLISH, input=given(code, fee={"amount": "12.50", "basis": "样例依据"}))
    assert len(entries(world, code)) == 1


def test_of_two_who_publish_at_once_one_wins_and_the_other_is_refused(world: World, admin: Client) -> None:
    code = sample().code
    admin(PUBLISH, input=given(code))
    both = together(*(admin.send(PUBLISH, input=given(code, maxTrips=n, basedOn=1)) for n in (2, 3)))
    replies = world.run(both)
    assert sorted("errors" in each.body for each in replies) == [False, True]
    (lost,) = (each for each in replies if "errors" in each.body)
    assert refusal(lost) == ("CONFLICT", ["input.basedOn"])
    # Those who do not say what they wrote from get one version after the other.
    replies = world.run(together(*(admin.send(PUBLISH, input=given(code, maxTrips=n)) for n in (4, 5))))
    assert sorted(each.data["publishServiceItem"]["version"] for each in replies) == [3, 4]
    assert [each.get("published") for each in entries(world, code)] == [1, 2, 3, 4]


def test_an_item_that_may_not_be_published_is_refused_with_its_fields(admin: Client) -> None:
    code = sample().code
    wrong = given(code, promisedWorkingDays=30, legalBasis=[], handledAt=["COUNTY"])
    assert refusal(admin(PUBLISH, input=wrong)) == (
        "ITEM_FAULTY",
        ["input.promisedWorkingDays", "input.legalBasis"],
    )
    past = "2020-01-01"
    admin(PUBLISH, input=given(code, effectiveFrom=past))
    changed = admin(PUBLISH, input=given(code, effectiveFrom="2021-01-01", maxTrips=2))
    assert refusal(changed) == ("ITEM_FAULTY", ["input.effectiveFrom"])


def test_a_withdrawn_item_is_offered_until_its_day(world: World, admin: Client) -> None:
    code = sample().code
    admin(PUBLISH, input=given(code, effectiveFrom="2026-01-01"))
    assert world.anonymous(SERVICE, code=code).data["service"]["version"] == 1
    done = admin(WITHDRAW, input={"code": code}).data["withdrawServiceItem"]
    assert done == {"code": code, "effectiveTo": str(_today(world))}
    assert world.anonymous(SERVICE, code=code).data["service"] is None
    assert admin(WITHDRAW, input={"code": code}).data["withdrawServiceItem"] == done
    assert entries(world, code)[1:] == [{"withdrawn": str(_today(world))}]
    assert refusal(admin(WITHDRAW, input={"code": ITEM, "from": "2020-01-01"})) == (
        "INVALID_INPUT",
        ["input.from"],
    )


def test_tables_are_seen_then_published_and_the_same_again_changes_nothing(
    world: World, admin: Client
) -> None:
    code = sample().code
    line = f"{code},样例证明,行政确认,自然人、法人,承诺件,5,20,1,12.5元,样例依据,窗口、网上办,县,样例法;另一法,样例证,"
    items = f"{HEADER}\n{line}\n"
    materials = (
        "事项编码,材料编码,材料名称,是否必备,可容缺,复印件份数\n"
        f"{code},CARD,身份证,是,否,1\n{code},PHOTO,照片,是,是,2\n"
    )
    sent: dict[str, Any] = {"file": file(items.encode("gb18030")), "materials": file(materials)}
    shown = admin(IMPORT, input=sent).data["importServiceItems"]
    assert (shown["applied"], shown["created"], shown["faults"], shown["materialFaults"]) == (
        False,
        1,
        [],
        [],
    )
    assert world.anonymous(SERVICE, code=code).data["service"] is None
    assert admin(IMPORT, input={**sent, "apply": True}).data["importServiceItems"]["created"] == 1
    for apply in (False, True):
        again = admin(IMPORT, input={**sent, "apply": apply}).data["importServiceItems"]
        assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 1)
    # Without a table of materials the item keeps its own.
    changed = items.replace("样例证明", "样例证明书")
    seen = admin(IMPORT, input={"file": file(changed)}).data["importServiceItems"]
    assert [each["differences"] for each in seen["items"]] == [
        [{"field": "name", "before": "样例证明", "after": "样例证明书"}]
    ]


MOBILE = "mobile { app name link steps stepsEn validatedOn }"
GUIDE = {
    "app": "WECHAT_MINI_PROGRAM",
    "name": "样例小程序",
    "link": "weixin://dl/business/?t=sample",
    "steps": ["打开小程序", "选择事项"],
    "stepsEn": ["Open it", "Choose the matter"],
    "validatedOn": "2026-06-01",
}


def test_a_guide_for_phones_is_a_part_of_the_version_and_public(world: World, admin: Client) -> None:
    code, palm = sample().code, {"channels": ["HALL", "WEB", "MOBILE"]}
    shown = f"query($code: String!) {{ service(code: $code) {{ version {MOBILE} }} }}"
    admin(PUBLISH, input=given(code, **palm))
    assert world.anonymous(shown, code=code).data["service"] == {"version": 1, "mobile": None}
    # Today's version stays, the guide comes with tomorrow's; the same again makes no third one.
    found = [admin(PUBLISH, input=given(code, **palm, mobile=GUIDE)).data["publishServiceItem"] for _ in "ab"]
    assert found[0]["version"] == found[1]["version"] == 2
    assert world.inside(lambda work: newest(work, code)) == GUIDE
    # Whoever published can read it before the day comes, in the list as well.
    begins = found[0]["effectiveFrom"]
    listed = f"""query($on: Date, $code: String!) {{ services(on: $on, filter: {{search: $code}}) {{
        edges {{ node {{ version {MOBILE} }} }} }} service(code: $code, on: $on) {{ version {MOBILE} }} }}"""
    for on, there in ((begins, {"version": 2, "mobile": GUIDE}), (None, {"version": 1, "mobile": None})):
        read = world.anonymous(listed, code=code, on=on).data
        assert read["service"] == there
        assert [each["node"] for each in read["services"]["edges"]] == [there]
    before = str(_today(world) - timedelta(days=1))
    assert world.anonymous(listed, code=code, on=before).data["service"] is None
    for wrong, field in (
        ({"link": "javascript:alert(1)"}, "mobile.link"),
        ({"steps": []}, "mobile.steps"),
        ({"name": " "}, "mobile.name"),
    ):
        other = sample().code
        reply = admin(PUBLISH, input=given(other, **palm, mobile={**GUIDE, **wrong}))
        assert refusal(reply) == ("ITEM_FAULTY", [f"input.{field}"])
    new = sample().code
    assert refusal(admin(PUBLISH, input=given(new, mobile=GUIDE)))[1] == ["input.mobile.app"]
    admin(PUBLISH, input=given(new, **palm, mobile=GUIDE))
    assert world.anonymous(shown, code=new).data["service"] == {"version": 1, "mobile": GUIDE}


async def newest(work: Work, code: str) -> Any:
    rows = select(ServiceItemRow.details["mobile"]).where(ServiceItemRow.code == code)
    return await work.db.scalar(rows.order_by(ServiceItemRow.version.desc()).limit(1))


def test_a_guide_for_phones_comes_with_a_table(world: World, admin: Client) -> None:
    code, no_guide = sample().code, sample().code
    header = f"{HEADER},掌办应用类型,掌办应用,掌办链接,掌办步骤,掌办核验日期,无需材料的理由"
    line = "样例证明,行政确认,自然人,承诺件,5,20,1,,,窗口、网上办、掌上办,县,样例法,样例证,"
    guide = "小程序,样例小程序,https://m.example/matter,打开小程序;选择事项,2026-06-01,无需"
    sent = {"file": file(f"{header}\n{code},{line},{guide}\n"), "apply": True}
    assert admin(IMPORT, input=sent).data["importServiceItems"]["created"] == 1
    assert admin(IMPORT, input=sent).data["importServiceItems"]["unchanged"] == 1
    shown = admin(f"query($code: String!) {{ service(code: $code) {{ {MOBILE} }} }}", code=code).data[
        "service"
    ]
    told = {**GUIDE, "link": "https://m.example/matter", "stepsEn": None}
    assert shown["mobile"] == told
    wrong = f"{no_guide},{line},,样例小程序,https://m.example/matter,打开,,无需\n{code},{line},网页,样例,http://m.example,打开,,无需"
    seen = admin(IMPORT, input={"file": file(f"{header}\n{wrong}\n")}).data["importServiceItems"]
    assert [(each["line"], each["column"]) for each in seen["faults"]] == [
        (2, "掌办应用类型"),
        (3, "掌办链接"),
    ]


def test_every_faulty_line_is_named_and_nothing_is_published(world: World, admin: Client) -> None:
    good, bad = sample().code, sample().code
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER.split(","))
    usual = ["公共服务", "自然人", "即办件", 0, 0, 1, None, None, "网上办", "县", "样例法", "样例证", None]
    sheet.append([good, "样例", *usual])
    wrong = [
        "行政许可证",
        "自然人",
        "承诺件",
        30,
        20,
        1,
        "many",
        None,
        "网上办",
        "网格员",
        "样例法",
        None,
        None,
    ]
    sheet.append([bad, "样例", *wrong])
    sheet.append([good, "样例", *usual])
    content = io.BytesIO()
    book.save(content)
    papers = file("事项编码,材料编码,材料名称\nNO-SUCH-ITEM,CARD,身份证\n")
    sent = {"file": file(content.getvalue(), "事项.xlsx"), "materials": papers}
    seen = admin(IMPORT, input=sent).data["importServiceItems"]
    found = {(each["line"], each["column"]) for each in seen["faults"]}
    assert found == {
        (2, None),  # no material, and no reason for none
        (3, "事项类型"),
        (3, "收费金额"),
        (3, "受理层级"),
        (3, "办理结果"),
        (4, "事项编码"),
    }
    assert [(each["line"], each["column"]) for each in seen["materialFaults"]] == [(2, "事项编码")]
    assert all(each["message"][0] >= "一" or each["message"][0] == "“" for each in seen["faults"])
    refused = refusal(admin(IMPORT, input={**sent, "apply": True}))
    assert refused[0] == "INVALID_INPUT"
    assert "input.file.line.3.受理层级" in refused[1]
    for code in (good, bad):
        assert world.anonymous(SERVICE, code=code).data["service"] is None


def test_nobody_but_the_districts_administrator_keeps_the_catalog(world: World) -> None:
    code = sample().code
    for who in ("admin TOWN", "auditor COUNTY", "window-clerk COUNTY", "leader COUNTY"):
        assert refusal(world.client(who)(PUBLISH, input=given(code)))[0] == "FORBIDDEN"
        assert world.client(who)(DRIFT).code == "FORBIDDEN"
    assert refusal(world.anonymous(PUBLISH, input=given(code)))[0] == "UNAUTHENTICATED"
    assert world.anonymous(SERVICE, code=code).data["service"] is None


def _today(world: World) -> Any:
    async def ask(work: Work) -> Any:
        return work.today

    return world.inside(ask)


def test_all_that_is_published_is_read_again_so_that_editing_an_item_loses_nothing(admin: Client) -> None:
    """publishServiceItem replaces an item whole."""
    papers = [
        {"code": "CARD", "name": "身份证", "nameEn": "Identity card", "core": True, "copies": 1},
        {"code": "PHOTO", "name": "照片", "tolerable": True, "tolerableDays": 3, "originals": 2},
    ]
    full = {
        **given(f"SAMPLE-EDITED-{fresh()}", nameEn="Sample", materials=papers, channels=["HALL"]),
        "legalWorkingDays": 400,
        "legalLimitNote": "样例办法第五条",
        "onlineNotOfferedReason": "须现场核验",
    }
    without = {**full, "code": f"SAMPLE-EDITED-{fresh()}", "materials": [], "noMaterialsReason": "无需材料"}
    types = core_schema().type_map
    plain = {name for name in types["ServiceItemInput"].fields if name != "basedOn"} - {
        "fee",
        "mobile",
        "materials",
    }
    paper = " ".join(types["ServiceMaterialInput"].fields)
    asked = (
        f"query($code: String!) {{ service(code: $code) {{ {' '.join(plain)} materials {{ {paper} }} }} }}"
    )
    for item in (full, without):
        assert admin(PUBLISH, input=item).data
        found = admin(asked, code=item["code"]).data["service"]
        assert {name: found[name] for name in item if name != "materials"} == {
            name: said for name, said in item.items() if name != "materials"
        }
        assert [
            {name: each[name] for name in wished}
            for each, wished in zip(found["materials"], item["materials"], strict=True)
        ] == item["materials"]
        again = {name: said for name, said in found.items() if said is not None}
        assert admin(PUBLISH, input=again).data, "what was read can be sent as it is"
        assert admin(asked, code=item["code"]).data["service"] == found
