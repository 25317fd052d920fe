"""A district's section of its network over the API, and points that may name only what the catalog has."""

from __future__ import annotations

from typing import Any

from tests.api.casework import Desk, mutation_of
from tests.api.clients import Place
from tests.api.parts.places import CARD, fresh_point, set_point

SECTION = """network { travel walkingMetresPerMinute terminalSilenceMinutes agentsEachGrid specialtyCoverage {
    specialty percent } assessments { scheme kinds specialties validDays indicators { key nameEn weight }
    grades { key name least } } }"""
SHOWN = f"{{ district {{ {SECTION} }} }}"
CONFIGURE = mutation_of("configureDistrict", SECTION)
SET_POINT, AGREE = mutation_of("setServicePoint", "id"), mutation_of("setPartnerAgreement", "id")


def words(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def scheme(*, weights: tuple[int, ...] = (60, 40), least: tuple[int, ...] = (0, 50)) -> dict[str, Any]:
    return {
        "scheme": "STARS",
        "kinds": ["HALL"],
        "indicators": [{"key": f"i{n}", "name": words("甲"), "weight": w} for n, w in enumerate(weights)],
        "grades": [{"key": f"G{each}", "name": words("乙"), "least": each} for each in least],
    }


def test_a_section_is_set_member_by_member_and_goes_back_to_what_is_usual(rushan: Place) -> None:
    admin = rushan.sign_in("admin")

    def configured(**section: Any) -> dict[str, Any]:
        found: dict[str, Any] = admin(CONFIGURE, input={"network": section}).data["configureDistrict"]
        return dict(found["network"])

    before = rushan.anonymous(SHOWN).data["district"]["network"]
    assert (before["travel"], before["terminalSilenceMinutes"]) == ("WALKING", 15)
    found = configured(travel="DRIVING", specialtyCoverage=[{"specialty": "ENTERPRISE", "percent": 40}])
    assert found["travel"] == "DRIVING"
    assert found["specialtyCoverage"] == [{"specialty": "ENTERPRISE", "percent": 40}]
    assert found["assessments"] == before["assessments"] != [], "what was left out stays"
    found = configured(assessments=[scheme()], travel=None)
    assert (found["travel"], len(found["assessments"])) == ("WALKING", 1)
    (only,) = found["assessments"]
    assert (only["kinds"], only["specialties"], only["validDays"]) == (["HALL"], [], 365)
    assert [each["weight"] for each in only["indicators"]] == [60, 40]
    assert found["specialtyCoverage"] == [{"specialty": "ENTERPRISE", "percent": 40}]
    assert rushan.anonymous(SHOWN).data["district"]["network"] == found
    cleared = admin(CONFIGURE, input={"network": None}).data["configureDistrict"]["network"]
    assert (cleared["assessments"], cleared["specialtyCoverage"]) == ([], [])


def test_every_fault_of_a_section_is_named_by_its_input(rushan: Place) -> None:
    wrong = {
        "walkingMetresPerMinute": 0,
        "specialtyCoverage": [{"specialty": "ENTERPRISE", "percent": 101}],
        "assessments": [scheme(weights=(60, 30)), scheme(least=(10, 50)), scheme(least=(0, 0))],
    }
    reply = rushan.sign_in("admin")(CONFIGURE, input={"network": wrong})
    assert reply.code == "INVALID_INPUT"
    fields = reply.body["errors"][0]["extensions"]["fields"]
    assert {f"input.network.assessments.{at}" for at in ("0", "1", "2.grades.1")} <= set(fields)
    assert {"input.network.walkingMetresPerMinute", "input.network.specialtyCoverage.0"} <= set(fields)
    assert len(fields) == 5


def test_the_directory_knows_no_network(zibo: Place) -> None:
    query = '{ districts(search: "zibo") { edges { node { network { travel } } } } }'
    assert zibo.api(query).data["districts"]["edges"][0]["node"]["network"] is None


def test_items_and_themes_that_the_catalog_has_not_are_refused_all_at_once(desk: Desk) -> None:
    admin = desk.staff("admin")
    windows = [
        {"number": "1", "name": "专窗", "kind": "SPECIAL", "serviceCodes": [CARD, "NO-SUCH-ITEM"]},
        {"number": "2", "name": "专窗", "kind": "SPECIAL", "themes": ["社会保障", "没有的主题"]},
    ]
    terminals = [{"key": "never-there", "name": "终端", "serviceCodes": ["NOR-THIS"]}]
    wanted = fresh_point(desk, windows=windows, terminals=terminals)
    for language, words_in_it in (("zh-CN", ("没有事项", "没有服务主题")), ("en", ("no item", "theme"))):
        reply = admin.as_(Accept_Language=language)(SET_POINT, input=wanted)
        (refused,) = reply.body["errors"]
        assert refused["extensions"]["code"] == "INVALID_INPUT"
        for named in ("NO-SUCH-ITEM", "NOR-THIS", "没有的主题", *words_in_it):
            assert named in refused["message"]
        assert CARD not in refused["message"]
        assert "社会保障" not in refused["message"]
    windows[0]["serviceCodes"], windows[1]["themes"] = [CARD], ["社会保障"]
    assert admin(SET_POINT, input=wanted | {"terminals": []}).data
    agreement = {
        "key": "agreed-upon-nothing",
        "kind": "BANK",
        "partner": "示例银行",
        "serviceCodes": [CARD, "NO-SUCH-ITEM"],
        "points": [set_point(desk, kind="BANK", windows=None)["key"]],
        "since": "2026-01-01",
        "until": "2036-12-31",
    }
    reply = admin(AGREE, input=agreement)
    assert reply.code == "INVALID_INPUT"
    assert "NO-SUCH-ITEM" in reply.body["errors"][0]["message"]
    assert admin(AGREE, input=agreement | {"serviceCodes": [CARD]}).data
