"""The named operations: they fit the schema, each is in a file of its own, and a query is one statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from graphql import OperationType
from tests.api.casework import PERMIT, Desk, fresh
from tests.api.clients import Client
from tests.api.counting import Sent, counted, hang_on
from tests.api.fleet_desk import keeper, task_of
from tests.api.named import (
    ROOT,
    all_operations,
    bound_of,
    case_in,
    names_of,
    onboarding_of,
    operator_of,
    sent_by,
    text_of,
)
from tests.api.operator_steps import QUERIES, asks_as_operator
from tests.api.parts import parts

from bangban.web.documents import Documents
from bangban.web.schema import core_schema, sdl


@pytest.fixture(scope="module", autouse=True)
def _listening() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        hang_on(patch)
        yield


def test_the_snapshot_of_the_contract_is_the_contract() -> None:
    assert (ROOT / "schema.graphql").read_text("utf-8") == sdl(), "run `make sdl` and review the difference"


@pytest.mark.parametrize("name", sorted(all_operations()))
def test_every_file_is_one_operation_of_its_name_that_fits_schema_and_limits(name: str) -> None:
    definition = all_operations()[name].name
    assert definition is not None
    assert definition.value == name
    assert text_of(name).startswith("# "), "it says whom it is for"
    Documents(core_schema()).get(text_of(name))


def test_every_root_field_of_the_schema_is_in_a_named_operation() -> None:
    documents = Documents(core_schema())
    asked = {
        (each.operation, field)
        for name, each in all_operations().items()
        for field in documents.get(text_of(name)).root_names(each)
    }
    for kind in OperationType:
        root = core_schema().get_root_type(kind)
        assert root is not None
        assert {field for of, field in asked if of is kind} == set(root.fields)


LOGINS = {
    "Departure": "admin",
    "StaffAccounts": "admin",
    "Portals": "admin",
    "Readiness": "admin",
    "AuditTrail": "auditor",
    "DataRequests": "supervisor",
    "PolicyLines": "admin",
    "TemplateDrift": "admin",
    **{name: login for part in parts() for name, login in part.logins.items()},
}

VARIABLES: dict[str, Callable[[Desk], dict[str, Any]]] = {
    "Departure": lambda _: {},
    "Area": lambda desk: {"code": "371681101"},
    "Areas": lambda desk: {"search": "村", "first": 10},
    "AuditTrail": lambda desk: {"filter": {"action": "case:apply"}},
    "Calendar": lambda desk: {"year": 2026},
    "Case": lambda desk: {"number": case_in(desk, "tolerated")},
    "Catalog": lambda desk: {"filter": {"search": "证", "audience": "PERSON"}},
    "Dashboard": lambda desk: {"areaId": desk.area("371681101")},
    "Directory": lambda desk: {"search": "邹平"},
    "Onboarding": lambda desk: {"id": onboarding_of(desk)[0]},
    "Onboardings": lambda desk: {"state": "APPLIED"},
    "StaffAccounts": lambda _: {"filter": {"search": "helper"}},
    "Service": lambda desk: {"code": PERMIT},
    "Task": lambda desk: {"id": task_of(desk.services, desk.run, desk.place.slug)},
    "Staff": lambda desk: {"filter": {"role": "helper", "areaId": desk.area("371681101")}},
    **{name: given for part in parts() for name, given in part.variables.items()},
}


READER = fresh()  # whom no other test signs in: codes are asked for once a minute
OPERATORS = {"Fleet", "FleetDistricts", "Task", "Tasks"}


def asks(desk: Desk, name: str) -> Client:
    """Who asks: whoever the operation is written for."""
    if name in QUERIES:
        return asks_as_operator(desk, name)
    if name in OPERATORS:
        return keeper(desk.place.api, desk.services, desk.run)
    if name == "Onboarding":
        return desk.place.api.as_(Authorization=f"Bearer {onboarding_of(desk)[1]}")
    if name == "Onboardings":
        onboarding_of(desk)
        return operator_of(desk)
    if name == "Directory":
        return desk.place.api
    if name in ("MyCases", "MyData"):
        return desk.resident(READER)
    return desk.staff(LOGINS.get(name, "clerk-county"))


@pytest.mark.parametrize("name", names_of(OperationType.QUERY))
def test_a_query_sends_one_statement_and_at_most_goes_to_its_district_first(desk: Desk, name: str) -> None:
    client, variables = asks(desk, name), VARIABLES.get(name, lambda _: {})(desk)
    warm, _ = sent_by(client, name, variables)  # the caller and the district's rules are known from here on
    assert warm.data
    reply, sent = sent_by(client, name, variables)
    assert reply.data == warm.data
    assert len(sent.data) == bound_of(name) == 1, sent.data
    # A connection that stands in the district already is asked with the statement alone.
    assert len(sent.frame) <= 1
    assert all(text.startswith("SET ROLE ") for text in sent.frame)


def test_an_auditors_look_at_cases_is_on_record_first_and_still_one_statement(desk: Desk) -> None:
    client = desk.staff("auditor")
    sent_by(client, "Inbox", {"filter": {}})
    _, sent = sent_by(client, "Inbox", {"filter": {}})
    kinds = [text.split()[0] for text in sent.data]
    assert kinds[-1] == "SELECT"
    assert sum("cases" in text for text in sent.data) == 1
    assert [text for text in sent.data if "INSERT INTO" in text and "audit_entry" in text]
    commits = [index for index, text in enumerate(sent.texts) if text.startswith("COMMIT")]
    assert commits[0] < sent.texts.index(sent.data[-1]), "the entry is committed before anything is read"


def test_two_sides_of_the_wall_are_one_statement_each(desk: Desk) -> None:
    async def go() -> Sent:
        with counted() as sent:
            reply = await desk.staff("clerk-county").send("{ district { name } districts { totalCount } }")
            assert reply.data
            return sent

    go_twice = [desk.run(go()) for _ in range(2)]
    assert len(go_twice[1].data) == 2
