"""Guides on paper: what comes into one, what is scanned from it, and that whatever catalogs say is set and not run."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pypdfium2 as pdfium
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.catalog.values import ServiceKind
from bangban.features.printed_guides.leaflets import Sheet, sheet_of
from bangban.features.printed_guides.rendering import digest_of, render
from bangban.features.printed_guides.rules import (
    FrozenGuide,
    GuideDraft,
    PrintableItem,
    check_guide,
    chosen,
)

PAGE = "https://portal.example/matters/{code}"
HOSTILE = '#panic() #read("/etc/passwd") $x$ *星* \\ " </script> @a //b'


def matter(number: int, **mobile: Any) -> dict[str, Any]:
    """A matter as the statement finds it."""
    said = {"app": "WEB", "name": "爱样本", "link": f"https://a.example/{number}?x=1&y=样", "steps": ["登录"]}
    return {
        "code": f"MATTER-{number}",
        "version": 2,
        "name": f"样本事项{number}",
        "name_en": None,
        "department": None,
        "days": number,
        "fee": None,
        "mobile": {**said, **mobile},
    }


def sheet(*items: dict[str, Any], name: str = "样本指南", page: str | None = PAGE) -> Sheet:
    found = {
        "code": "PALM",
        "version": 3,
        "name": name,
        "name_en": None,
        "from": "2026-11-22",
        "items": list(items),
    }
    return sheet_of(found, district="邹平市", brand="滨周到", contact_phone="0543-0000000", service_page=page)


def text_of(content: bytes) -> str:
    """What can be read, without blanks."""
    document = pdfium.PdfDocument(content)
    pages = [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    return "".join("".join(pages).split())


def test_what_a_catalog_says_is_set_and_not_run() -> None:
    made = sheet(matter(1, steps=[HOSTILE], name=HOSTILE), name=HOSTILE)
    content = render(made)
    said = text_of(content)
    scanned = zxingcpp.read_barcodes(pdfium.PdfDocument(content)[0].render(scale=2).to_pil())
    assert said.count("".join(HOSTILE.split())) == 4  # the title, the app in both languages, the step
    assert [each.text for each in scanned] == ["https://a.example/1?x=1&y=样"]


def test_many_matters_with_many_steps_go_on_over_pages() -> None:
    steps = [f"第{n}步:" + "按页面提示填写并核对所有内容," * 20 for n in range(20)]
    made = sheet(*(matter(n, steps=steps) for n in range(2)), *(matter(n) for n in range(2, 12)))
    content = render(made)
    assert len(pdfium.PdfDocument(content)) > 5
    said = text_of(content)
    assert said.count("第19步") == 2
    assert "样本事项11" in said
    assert "These12matterscanbedone" in said


def test_one_matter_is_spoken_of_as_one() -> None:
    assert "Thismattercanbedone" in text_of(render(sheet(matter(1))))


def test_a_link_that_no_scanner_opens_gives_way_to_the_portals_page() -> None:
    own, mini = matter(1, app="APP", link="yangben://open/1"), matter(2, link="weixin://dl/business/?t=a")
    assert list(sheet(own, mini).codes) == ["https://portal.example/matters/MATTER-1", mini["mobile"]["link"]]
    assert sheet(own, page=None).codes == [own["mobile"]["link"]]


def test_another_word_is_another_digest_and_the_same_words_the_same_bytes() -> None:
    made = [sheet(matter(1)), sheet(matter(1), name="别名"), sheet(matter(2)), sheet(matter(1), matter(1))]
    assert len({digest_of(each) for each in made}) == len(made)
    again = sheet(matter(1))
    assert digest_of(again) == digest_of(made[0])
    assert render(again) == render(made[0])


KINDS = st.sampled_from(ServiceKind)
ITEMS = st.dictionaries(
    st.text("ABC", min_size=1, max_size=3),
    st.builds(PrintableItem, kind=KINDS, mobile=st.booleans()),
    max_size=8,
)


@given(
    ITEMS,
    st.lists(st.text("ABC", min_size=1, max_size=3), max_size=4),
    st.lists(KINDS, max_size=3, unique=True),
)
def test_what_passes_has_matters_of_the_choice_each_once(
    items: dict[str, PrintableItem], codes: list[str], kinds: list[ServiceKind]
) -> None:
    draft = GuideDraft(
        code="PALM", name="指南", codes=tuple(codes), kinds=tuple(kinds), effective_from=date(2026, 1, 1)
    )
    found = chosen(draft, items)
    if not check_guide(draft, items):
        assert 0 < len(found) == len(set(found))
        assert all(items[code].mobile for code in found)
        assert not kinds or all(items[code].kind in kinds for code in found)
        assert list(found) == (codes or sorted(found))
    else:
        wrong = len(set(codes)) != len(codes) or not all(
            code in items and items[code].mobile for code in codes
        )
        assert wrong or (codes and kinds) or not found


def test_a_frozen_guide_is_told_as_it_was_chosen() -> None:
    draft = GuideDraft(code="PALM", name="指南", codes=("A",), effective_from=date(2026, 1, 1), version=4)
    frozen = FrozenGuide(
        code="PALM", name="指南", codes=("A",), effective_from=date(2026, 1, 1), version=4, items=()
    )
    assert frozen.as_chosen == draft
    assert check_guide(
        replace(draft, name="长" * 61), {"A": PrintableItem(kind=ServiceKind.REWARD, mobile=True)}
    )


def test_a_matter_says_how_long_it_takes_what_it_costs_and_who_deals_with_it() -> None:
    one = {**matter(1), "fee": "5", "department": "公安局"}
    at_once, first, second = sheet(matter(0), one, matter(2)).told["items"]
    assert [each["limit"][1] for each in (first, second)] == ["1 working day", "2 working days"]
    assert at_once["limit"] == ("当场办结", "done at once")
    assert (first["fee"], second["fee"][1]) == (("收费 5 元", "fee 5 yuan"), "free of charge")
    assert (first["unit"], second["unit"]) == ("公安局", "邹平市")
