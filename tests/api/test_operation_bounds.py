"""How many statements mutations and events send at most: as many as their files say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import aclosing
from functools import partial
from typing import Any, cast
from uuid import uuid4

import pytest
from graphql import OperationType
from tests.api import operator_steps
from tests.api.casework import Desk, Run
from tests.api.clients import Client, Place, Reply
from tests.api.counting import Sent, alone, counted, hang_on, settle
from tests.api.fleet_desk import task_of
from tests.api.leaving_steps import GOING
from tests.api.named import (
    bound_of,
    case_in,
    names_of,
    onboarding_of,
    sent_by,
    text_of,
)
from tests.api.operation_steps import step_of
from tests.api.parts import parts
from tests.citus import faults

from bangban.features.districts.writing import ticket_hash_of
from bangban.kernel.access.principals import Principal
from bangban.kernel.graphql.context import Context
from bangban.kernel.tenancy import ending
from bangban.kernel.tenancy.names import Names
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.settings import Settings
from bangban.web.operations import Operations
from bangban.web.requests import Request
from bangban.web.services import AppServices

VILLAGE = "371681101200"
# One statement here, and several where districts stand on nodes of their own (test_citus_rules).
PLACES = ("zouping", "zibo-hitech", "rushan", GOING)
OF_TWO_NODES = {each.text(Names.schema(slug)) for each in ending.FINISH for slug in PLACES}


@pytest.fixture(scope="module", autouse=True)
def _listening() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        hang_on(patch)
        yield


@pytest.fixture(scope="module")
def desk(
    zouping: Place,
    zibo: Place,
    place: Callable[[str], Place],
    services: AppServices,
    run: Run,
    app_settings: Settings,
) -> Iterator[Desk]:
    template = services.catalogs["county"]
    others = {each: place(each) for each in (zibo.slug, operator_steps.QUIET, GOING)}
    desk = Desk(zouping, services, run, app_settings.outbox_folder, others=others)
    yield desk
    operator_steps.stand(desk, DistrictStatus.LIVE)
    cast("dict[str, Any]", services.catalogs)["county"] = template


# How much these send depends on how many cases are open.
CARRIED_OVER = {"CloseDay", "OpenDay", "ResetDay", "ImportLocalDays"}
# Whoever signed out is nobody, and a repeated request says so.
NOT_REPEATED = {"SignOut"}


@pytest.mark.parametrize("name", names_of(OperationType.MUTATION))
def test_a_mutation_is_safe_to_repeat_and_sends_no_more_statements_than_it_says(
    desk: Desk, name: str
) -> None:
    client, variables = step_of(desk, name)  # the first time everything is still cold
    keyed = client.as_(Idempotency_Key=uuid4().hex)
    first = sent_by(keyed, name, variables)[0]
    assert first.data, name
    if name not in NOT_REPEATED:
        assert sent_by(keyed, name, variables)[0].body == first.body, "a retry gets the first answer"

    client, variables = step_of(desk, name)
    reply, sent = sent_alone(desk, client, name, variables)
    assert reply.data, name
    assert [fault for text in sent.data if text not in OF_TWO_NODES for fault in faults(text)] == []
    begun = sum(text.upper().startswith("BEGIN") for text in sent.frame)
    ended = sum(text.upper().startswith("COMMIT") for text in sent.frame)
    assert begun == ended
    count = len(sent.data)
    assert count <= bound_of(name), f"{name} sent {count}"
    assert name in CARRIED_OVER or count >= bound_of(name) - 2, (
        f"{name} says far more than the {count} it sends"
    )


def sent_alone(desk: Desk, client: Client, name: str, variables: dict[str, Any]) -> tuple[Reply, Sent]:
    """What the request sends with the caller and the district's rules known, and nobody else at work."""

    async def go() -> tuple[Reply, Sent]:
        await settle(desk.services)
        with alone(desk.services):
            await client.send("{ viewer { kind } }")
            with counted() as sent:
                return await client.send(text_of(name), **variables), sent

    found: tuple[Reply, Sent] = desk.run(go())
    return found


# -------------------------------------------------------------------- subscriptions


@pytest.mark.parametrize("name", names_of(OperationType.SUBSCRIPTION))
def test_an_event_of_a_subscription_sends_no_more_than_it_says(
    desk: Desk, name: str, services: AppServices
) -> None:
    variables: dict[str, Any] = {
        "CaseChanged": lambda: {"number": case_in(desk, "submitted")},
        "CasesChanged": dict,
        "OnboardingProgress": lambda: {"id": onboarding_of(desk)[0]},
        "TaskProgress": lambda: {"id": task_of(desk.services, desk.run, desk.place.slug)},
        **{each: partial(given, desk) for part in parts() for each, given in part.watched.items()},
    }[name]()
    logins = {"TaskProgress": "admin", **{k: v for part in parts() for k, v in part.logins.items()}}

    async def first_event() -> Sent:
        district = services.registry.get(desk.place.slug)
        login = logins.get(name, "helper-village")
        principal = await services.principals.get_staff_by_login(district, login)
        context = Context(
            services=services, principal=principal, district=district, request_id="-", language="zh-CN"
        )
        if name == "OnboardingProgress":
            context.principal, context.district = Principal.anonymous(district=None), None
            context.ticket = ticket_hash_of(onboarding_of(desk)[1])
        with counted() as sent:
            stream = Operations(introspection_for_anonymous=False).stream(
                Request(text_of(name), variables), context
            )
            async with aclosing(stream):
                answer = await asyncio.wait_for(anext(stream), timeout=60)
        assert "errors" not in answer.body, answer.body
        return sent

    desk.run(first_event())
    sent: Sent = desk.run(first_event())
    # Beside the event itself, a subscription looks up once what its notifications refer to.
    assert len(sent.data) <= bound_of(name) + 1, sent.data
