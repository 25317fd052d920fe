"""Whoever asks for a last day before the first is told so, wherever there are two; in order they are answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type
from tests.api.casework import Desk
from tests.api.operators import Platform

from bangban.kernel.access.roles import OperatorDuty
from bangban.web.schema import core_schema

ASKED: Final = {
    "Hall.statistics": ("dispatcher", 'hall(pointId: "{id}") {{ statistics({}) {{ until }} }}'),
    "Query.auditTrail": ("auditor", "auditTrail({}) {{ totalCount }}"),
    "Query.indicators": ("leader", "indicators({}, mechanisms: [A03]) {{ key }}"),
    "Query.issueSolving": ("leader", 'issueSolving(areaId: "{id}", {}) {{ until }}'),
    "Query.outreaches": ("dispatcher", "outreaches({}) {{ totalCount }}"),
    "Query.platformTrail": (OperatorDuty.AUDIT, "platformTrail({}) {{ totalCount }}"),
    "Query.proxyUses": ("supervisor", "proxyUses({}) {{ totalCount }}"),
    "Query.recognitions": ("supervisor", "recognitions({}) {{ totalCount }}"),
    "Query.representatives": ("dispatcher", "representatives({}) {{ totalCount }}"),
    "Query.trainings": ("dispatcher", "trainings({}) {{ totalCount }}"),
    "WorkGroup.statistics": (
        "dispatcher",
        "workGroups {{ edges {{ node {{ statistics({}) {{ until }} }} }} }}",
    ),
}
"""Who asks for each, and how."""

LAST_IS_TODAY: Final = {"Hall.statistics", "Query.indicators", "Query.issueSolving", "WorkGroup.statistics"}
FIRST_IS_TODAY: Final = {"Query.representatives"}
EARLIER, LATER = "2026-03-01", "2026-03-02"
FAR: Final = "2099-01-01"


def spans() -> Iterator[tuple[str, str, str]]:
    """Each field of the reading side with two days: its name, where they stand in its arguments, and their type."""
    types = core_schema().type_map.values()
    for type_ in (each for each in types if isinstance(each, GraphQLObjectType) and each.name != "Mutation"):
        for name, each in type_.fields.items():
            places = {"": {key: get_named_type(arg.type) for key, arg in each.args.items()}}
            for key, given in places[""].items():
                if isinstance(given, GraphQLInputObjectType):
                    places[f"{key}."] = {k: get_named_type(f.type) for k, f in given.fields.items()}
            for prefix, known in places.items():
                if {"since", "until"} <= known.keys():
                    yield f"{type_.name}.{name}", prefix, known["since"].name


SPANS: Final = sorted(spans())


@pytest.fixture
def asked(desk: Desk, platform: Platform) -> Callable[..., Any]:
    """Asks a field for some days, through variables of its own or as one filter."""

    def ask(name: str, prefix: str, type_: str, *, whole: bool = False, **days: str | None) -> Any:
        said = {k: day and (day if type_ == "Date" else f"{day}T00:00:00Z") for k, day in days.items()}
        if whole:
            filters = {"auditTrail": "AuditFilter", "platformTrail": "AuditFilter"}
            field = name.partition(".")[2]
            kind = filters.get(field, f"{field[0].upper()}{field[1:].removesuffix('s')}Filter")
            kind = {"OutreacheFilter": "OutreachFilter"}.get(kind, kind)
            head, given, variables = f"$f: {kind}", "filter: $f", {"f": said}
        else:
            head = ", ".join(f"${k}: {type_}" for k in said)
            inner = ", ".join(f"{k}: ${k}" for k in said)
            given, variables = (f"filter: {{{inner}}}" if prefix else inner), said
        who, text = ASKED[name]
        county = desk.area("371681")
        client = desk.staff(who) if not isinstance(who, OperatorDuty) else platform.client(who)
        return client(f"query({head}) {{ {text.format(given, id=county)} }}", **variables)

    return ask


def test_every_field_with_two_days_is_asked_here() -> None:
    assert [name for name, _, _ in SPANS] == sorted(ASKED)


@pytest.mark.parametrize(("name", "prefix", "type_"), SPANS)
def test_a_last_day_before_the_first_is_refused_and_says_which_they_are(
    asked: Callable[..., Any], name: str, prefix: str, type_: str
) -> None:
    ways: list[dict[str, Any]] = [{"since": LATER, "until": EARLIER}]
    if prefix:
        ways.append({**ways[0], "whole": True})
    if name in LAST_IS_TODAY:
        ways += [{"since": FAR}, {"since": FAR, "until": None}]
    if name in FIRST_IS_TODAY:
        ways += [{"until": EARLIER}, {"since": None, "until": EARLIER}]
    for given in ways:
        reply = asked(name, prefix, type_, **given)
        assert reply.code == "INVALID_INPUT", (given, reply.body)
        fields = reply.body["errors"][0]["extensions"]["fields"]
        assert fields == [f"{prefix}since", f"{prefix}until"], given
    alone = {"until": FAR if name in FIRST_IS_TODAY else LATER}
    fine: list[dict[str, Any]] = [
        alone,
        {"since": EARLIER, "until": LATER},
        {"since": EARLIER, "until": EARLIER},
    ]
    if prefix:
        fine.append({**fine[1], "whole": True})
    for given in fine:
        assert asked(name, prefix, type_, **given).data, given
