"""Whatever ``configureDistrict`` takes is read back, from the district and from another one made of its export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    is_input_object_type,
    is_object_type,
)
from hypothesis import HealthCheck, given, settings
from tests.api.clients import Client, Place
from tests.api.drawn_settings import ALONE, SECTIONS, any_settings
from tests.api.told import CONFIGURE, Told

from bangban.features.configuring.readable import OWN
from bangban.web.schema import core_schema

DOCUMENT = Path(__file__).resolve().parents[2] / "schema/graphql/operations/DistrictSettings.graphql"
SHARED = settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
TABLES = {
    "priorities": "need",
    "proposals": "need",
    "specialtyCoverage": "specialty",
    "nextSteps": "serviceCode",
}


def types() -> tuple[GraphQLInputObjectType, GraphQLObjectType]:
    found = core_schema().type_map
    written, read = found["ConfigureDistrictInput"], found["DistrictSettings"]
    assert is_input_object_type(written)
    assert is_object_type(read)
    return written, read


def pairs(
    written: GraphQLInputObjectType, read: GraphQLObjectType
) -> list[tuple[GraphQLInputObjectType, GraphQLObjectType]]:
    """Each input with the type that reads it."""
    found = [(written, read)]
    for name, field in written.fields.items():
        inner, outer = get_named_type(field.type), get_named_type(read.fields[name].type)
        if is_input_object_type(inner):
            found += pairs(inner, outer)
    return found


def read(client: Client) -> dict[str, Any]:
    """All settings; tables of a section by their keys, since they have no order of their own."""
    found: dict[str, Any] = client(DOCUMENT.read_text("utf-8")).data["district"]["settings"]
    for section in (each for each in found.values() if isinstance(each, dict)):
        for name in TABLES.keys() & section.keys():
            section[name] = by_key(name, section[name])
        if OWN in section:
            section[OWN].sort()
    return found


def by_key(name: str, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(lines, key=lambda line: str(line[TABLES[name]]))


def expected(before: dict[str, Any], given_: dict[str, Any]) -> dict[str, Any]:
    """What is read after sections that said nothing were given these members."""
    after = dict(before)
    for name, said in given_.items():
        if name not in SECTIONS:
            after[name] = said
            continue
        members = {each: by_key(each, value) if each in TABLES else value for each, value in said.items()}
        after[name] = {**before[name], **members, OWN: sorted(said)}
    return after


def silent(told: Told) -> dict[str, Any]:
    told.configured(**dict.fromkeys(SECTIONS))
    return read(told.admin)


def test_every_setting_is_read_under_the_name_and_in_the_shape_in_which_it_is_written() -> None:
    checked = 0
    for written, shown in pairs(*types()):
        assert list(written.fields) == [name for name in shown.fields if name != OWN], written.name
        for name, field in written.fields.items():
            here, there = get_named_type(field.type), get_named_type(shown.fields[name].type)
            assert here == there or is_input_object_type(here), f"{written.name}.{name}"
            assert str(field.type).count("[") == str(shown.fields[name].type).count("["), name
            checked += 1
    assert checked > 120
    written, _ = types()
    sections = {name: get_named_type(field.type) for name, field in written.fields.items()}
    assert set(sections) == SECTIONS.keys() | ALONE.keys(), "a setting that no test draws"
    for name, drawn in SECTIONS.items():
        assert set(sections[name].fields) == set(drawn), f"{name} has a setting that no test draws"


def test_the_named_document_asks_for_every_setting(told: Told) -> None:
    def shape(type_: Any, found: Any) -> None:
        assert found.keys() == type_.fields.keys(), type_.name
        for name, field in type_.fields.items():
            inner = get_named_type(field.type)
            for each in found[name] if isinstance(found[name], list) else [found[name]]:
                if is_object_type(inner) and each is not None:
                    shape(inner, each)

    shape(types()[1], read(told.admin))


@SHARED
@given(wished=any_settings())
def test_what_is_written_is_read_back_and_what_is_left_out_is_as_usual(
    told: Told, wished: dict[str, Any]
) -> None:
    before = silent(told)
    assert all(before[name][OWN] == [] for name in SECTIONS)
    told.configured(**wished)
    found = read(told.admin)
    assert found == expected(before, wished)
    told.configured(**{name: {each: found[name][each] for each in SECTIONS[name]} for name in SECTIONS})
    assert without_own(read(told.admin)) == without_own(found), "what was read can be sent back"


def without_own(found: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {each: value for each, value in said.items() if each != OWN} if name in SECTIONS else said
        for name, said in found.items()
    }


def test_a_district_that_says_nothing_goes_by_the_matrix(told: Told) -> None:
    usual = silent(told)
    assert usual["hall"]["crowd"] == {"queueLength": 20, "waitMinutes": 20}
    assert usual["hall"]["overtime"] == [{"kind": "EVENING", "beforeMinutes": 30}]
    assert {each["level"] for each in usual["hall"]["priorities"]} == {1}
    assert (usual["hall"]["batch"], usual["hall"]["targetMinutes"]) == (
        {"most": 50, "workingDays": 1, "team": None},
        10,
    )
    assert {each["kind"]: each["claimMinutes"] for each in usual["orders"]["kinds"]} == {
        "NEED": 120,
        "CALL_OUT": 5,
        "PICKUP": 120,
        "DELIVERY": 120,
        "CASE": 30,
    }
    assert (usual["orders"]["kinds"][1]["fallsTo"], usual["orders"]["volunteerTraining"]) == (
        ["TOWN", "COUNTY"],
        True,
    )
    minutes = ("handoverMinutes", "replyMinutesInHours", "reviewMinutes", "officeHours", "nextStepDays")
    assert [usual["assistance"][name] for name in minutes] == [120, 30, 240, "09:00-17:00", 1]
    assert usual["contacts"] == {OWN: [], "contactDays": 31, "remindDays": 5}
    assert (usual["supervision"]["acceptanceWorkingDays"], usual["proxy"]["consentHours"]) == (5, 12)
    assert usual["seal"] == {OWN: [], "name": None, "keeper": None}
    (kind,) = changed(told, orders={"kinds": [{"kind": "ISSUE"}]})["orders"]["kinds"]
    assert (kind["name"], kind["claimMinutes"], kind["fallsTo"][0]) == (None, 240, "MICRO_GRID")


def changed(told: Told, **given_: Any) -> dict[str, Any]:
    told.configured(**given_)
    return read(told.admin)


@settings(SHARED, max_examples=1)
@given(wished=any_settings())
def test_a_district_made_of_the_export_has_the_same_settings(
    told: Told, tmp_path: Path, wished: dict[str, Any]
) -> None:
    told.configured(**dict.fromkeys(SECTIONS))
    told.configured(**{"trustedDocumentsOnly": False, **wished})  # what a file says, an import keeps
    told.comes_back(tmp_path)
    anew = told.made_anew(tmp_path)
    assert read(anew.admin) == read(told.admin)


def test_a_change_gives_back_the_settings_that_it_made(told: Told) -> None:
    text = CONFIGURE.replace("{ slug }", "{ settings { hall { own keepDays crowd { queueLength } } } }")
    told.configured(hall=None)
    reply = told.admin(text, input={"hall": {"keepDays": 33}})
    assert reply.data["configureDistrict"]["settings"]["hall"] == {
        "own": ["keepDays"],
        "keepDays": 33,
        "crowd": {"queueLength": 20},
    }


ASKED = "{ district { settings { contactPhone orders { cardAddress } } } }"


@pytest.mark.parametrize("login", ["admin", "leader", "auditor"])
def test_those_who_lead_and_audit_read_what_administrators_set(zibo: Place, login: str) -> None:
    assert zibo.sign_in(login)(ASKED).data["district"]["settings"]["contactPhone"] is not None


@pytest.mark.parametrize(
    "who", [lambda place: place.anonymous, lambda place: place.sign_in("supervisor")], ids=["", "staff"]
)
def test_nobody_else_reads_them(zibo: Place, who: Callable[[Place], Client]) -> None:
    assert who(zibo)(ASKED).code in ("UNAUTHENTICATED", "FORBIDDEN")


def test_the_directory_has_none(zibo: Place) -> None:
    query = '{ districts(search: "zibo") { edges { node { settings { hall { keepDays } } } } } }'
    found = zibo.sign_in("admin")(query)
    assert found.data["districts"]["edges"][0]["node"]["settings"] is None
