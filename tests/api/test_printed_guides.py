"""Guides to print: what they say, whom they are given to, and that a version stays what it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pypdfium2 as pdfium
import pytest
import zxingcpp
from sqlalchemy import update
from tests.api.casework import Desk, Run, mutation_of
from tests.api.clients import Place
from tests.api.filing import Answer, get
from tests.api.parts.printed_guides import LINK, PUBLISH_ITEM, STEPS, on_phone, published

from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.printed_guides.rules import GuideDraft
from bangban.features.printed_guides.service import publish_printed_guides
from bangban.settings import Settings
from bangban.web.services import AppServices

PUBLISH = mutation_of("publishPrintedGuide", "code version effectiveFrom itemCount address")
LIST = """query($code: String) { printedGuides(code: $code, first: 100) { edges { node {
    code version name itemCount current address items { code version } } } } }"""


@pytest.fixture(scope="module")
def desk(zibo: Place, services: AppServices, run: Run, app_settings: Settings) -> Desk:
    """淄博高新区, whose profile has a guide to print."""
    return Desk(zibo, services, run, app_settings.outbox_folder)


def guides(desk: Desk, code: str) -> list[dict[str, Any]]:
    found = desk.place.anonymous(LIST, code=code).data["printedGuides"]["edges"]
    return [each["node"] for each in found]


def pages(answer: Answer) -> tuple[str, list[str]]:
    """What can be read on a guide without blanks, and what can be scanned from it."""
    assert answer.status == 200, answer.content
    document = pdfium.PdfDocument(answer.content)
    sheets = [document[number] for number in range(len(document))]
    said = "".join("".join(each.get_textpage().get_text_bounded() for each in sheets).split())
    seen = [each for sheet in sheets for each in zxingcpp.read_barcodes(sheet.render(scale=2).to_pil())]
    return said, [each.text for each in sorted(seen, key=lambda code: code.position.top_left.y)]


def test_the_profiles_guide_can_be_read_and_scanned_by_anybody(desk: Desk) -> None:
    (guide,) = guides(desk, "ZBGX-PALM")
    assert (guide["version"], guide["current"]) == (1, True)
    assert {"code": "ZBGX-PENSION-CHECK", "version": 1} in guide["items"]
    answer = get(desk.place.api, guide["address"])
    said, scanned = pages(answer)
    for wanted in (
        "掌上办办事指南",
        "第1版",
        "ZBGX-PALM",
        "城乡居民养老保险待遇资格认证",
        "按提示完成人脸识别",
        "Followthefacerecognition",
        "事项编码ZBGX-PENSION-CHECK，第1版",
        "步骤核验于2026年6月1日",
    ):
        assert wanted in said, wanted
    assert scanned == ["https://ishandong.example/pension-check"]
    assert b"/FontFile3" in answer.content  # the face is inside
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"].startswith("public, max-age=")
    assert "attachment" in answer.headers["content-disposition"]
    assert get(desk.place.api, guide["address"]).content == answer.content


def test_a_known_guide_is_not_sent_again(desk: Desk) -> None:
    address = guides(desk, "ZBGX-PALM")[0]["address"]
    tag = get(desk.place.api, address).headers["etag"]
    again = get(desk.place.api, address, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status, again.content, again.headers["etag"]) == (304, b"", tag)
    signed_in = get(desk.staff("admin"), address)
    assert signed_in.headers["cache-control"].startswith("private, ")
    assert get(desk.place.api, address, headers={"If-None-Match": '"other"'}).status == 200


def test_a_version_stays_what_it_was(desk: Desk) -> None:
    admin = desk.staff("admin")
    second, first = published(desk, name="后一事项"), published(desk, name="先一事项")
    given = {"code": "SAMPLE-FROZEN", "name": "样本指南", "codes": [first, second]}
    one = admin(PUBLISH, input=given).data["publishPrintedGuide"]
    assert (one["version"], one["itemCount"]) == (1, 2)
    said, scanned = pages(before := get(desk.place.api, one["address"]))
    assert said.index("先一事项") < said.index("后一事项"), "in the order in which they were chosen"
    assert scanned == [LINK, LINK]
    assert all(step in said for step in STEPS)
    assert admin(PUBLISH, input=given).data["publishPrintedGuide"] == one, (
        "the same again is no other version"
    )
    changed = on_phone(first, name="改名事项")
    assert admin(PUBLISH_ITEM, input=changed).data
    two = admin(PUBLISH, input=given).data["publishPrintedGuide"]
    assert two["version"] == 2, "its items are others by then"
    assert two["effectiveFrom"] > one["effectiveFrom"], "on the day on which the item's new version begins"
    assert "改名事项" in pages(get(desk.place.api, two["address"]))[0]
    assert get(desk.place.api, one["address"]).content == before.content
    assert [each["items"][0]["version"] for each in guides(desk, "SAMPLE-FROZEN")] == [1, 2]


def test_a_guide_says_when_it_is_out_of_date(desk: Desk) -> None:
    code = published(desk)

    async def publish_before(work: Any) -> None:
        begun = update(ServiceItemRow).where(ServiceItemRow.code == code)
        await work.db.execute(begun.values(effective_from=work.today - timedelta(days=1)))
        draft = GuideDraft(
            code="SAMPLE-STALE", name="旧指南", codes=(code,), effective_from=work.today - timedelta(days=1)
        )
        await publish_printed_guides(work, [(draft, "sample")])

    desk.inside(publish_before)
    assert guides(desk, "SAMPLE-STALE")[0]["current"]
    assert desk.staff("admin")(mutation_of("withdrawServiceItem", "id"), input={"code": code}).data
    (stale,) = guides(desk, "SAMPLE-STALE")
    assert not stale["current"]
    assert get(desk.place.api, stale["address"]).status == 200, "paper that lies about can be printed again"


def test_faulty_guides_are_refused_with_every_fault(desk: Desk) -> None:
    admin = desk.staff("admin")
    given = {
        "code": "x",
        "name": " ",
        "codes": ["TPL-RESIDENCE-PERMIT", "NONE", "NONE"],
        "kinds": ["LICENCE"],
    }
    reply = admin(PUBLISH, input=given)
    (error,) = reply.body["errors"]
    assert error["extensions"]["code"] == "ITEM_FAULTY"
    assert error["extensions"]["fields"] == [
        "input.code", "input.name", "input.kinds", "input.codes.0", "input.codes.1", "input.codes.2",
    ]  # fmt: skip
    assert "掌办指南册不符合要求" in error["message"]
    none = {"code": "SAMPLE-NONE", "name": "无", "kinds": ["RULING"]}
    assert admin(PUBLISH, input=none).code == "ITEM_FAULTY"
    by_kind = {"code": "SAMPLE-BY-KIND", "name": "确认类", "kinds": ["CONFIRMATION"]}
    published(desk)
    assert admin(PUBLISH, input=by_kind).data["publishPrintedGuide"]["itemCount"] >= 1
    assert desk.staff("clerk-town")(PUBLISH, input=by_kind).code == "FORBIDDEN"


def test_addresses_lead_to_one_district_and_one_version_or_nowhere(desk: Desk, zouping: Place) -> None:
    address = guides(desk, "ZBGX-PALM")[0]["address"]
    assert address == "/guides/zibo-hitech/ZBGX-PALM/1"
    assert get(desk.place.api, address).status == 200, "the address names the district"
    for wrong in ("/guides/zibo-hitech/ZBGX-PALM/2", "/guides/zibo-hitech/ZBGX-PALM/-1", "/guides/zibo-hitech/X/x",
                  "/guides/zibo-hitech/ZBGX-PALM/99999999999999999999", "/guides/zibo-hitech/%27%3B--/1",
                  "/guides/zibo-hitech/%00/1",
                  "/guides/nowhere/ZBGX-PALM/1", "/guides/zibo-hitech/%00/1", "/guides/zibo-hitech/ZBGX-PALM%00/1",
                  "/guides/zibo-hitech%00/ZBGX-PALM/1"):  # fmt: skip
        assert get(desk.place.api, wrong).status == 404, wrong
    for elsewhere in (zouping.anonymous, zouping.sign_in("admin")):
        assert get(elsewhere, address).code == "DISTRICT_MISMATCH"
    posted = desk.run(desk.place.api.http.post(address))
    assert posted.status_code == 405
