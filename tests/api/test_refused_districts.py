"""A district that is unknown, closed, contradicted or not named is refused before PostgreSQL is asked anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.api.clients import Client, Place, Reply
from tests.integration.kernel.tenancy.apart import new_district
from tests.wire import listening, tap

from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.web.services import AppServices

Run = Callable[[Any], Any]

QUESTION = "{ district { slug } }"
READ, WRITE = QUESTION, 'mutation { signIn(input: {login: "x", password: "y"}) { accessToken } }'
AREAS = "{ areas { edges { node { id } } } }"


@pytest.fixture(scope="module")
def closed(installation: Installation, services: AppServices, app: Any, run: Run) -> dict[str, str]:
    """A district in each state but live; each has a host name of its own."""

    async def make() -> dict[str, str]:
        made = {}
        for status in DistrictStatus:
            slug = f"{status.lower()[:9]}-here"
            new = new_district(slug)
            await installation.create_district(type(new)(**{**vars(new), "hosts": (f"{slug}.example",)}))
            await installation.set_status(slug, status)
            await services.registry.refresh(slug)
            made[status.value] = slug
        return made

    return run(make())


@pytest.fixture
def ask(api: Client, run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Reply, list[str]]]:
    """Sends a request and gives the reply and what it asked of PostgreSQL."""
    tap(monkeypatch)

    def ask(query: str = QUESTION, **headers: str) -> tuple[Reply, list[str]]:
        async def go() -> tuple[Reply, list[str]]:
            with listening() as heard:
                reply = await api.send(query, headers={k.replace("_", "-"): v for k, v in headers.items()})
            return reply, heard

        return run(go())

    return ask


Ask = Callable[..., tuple[Reply, list[str]]]


def test_a_good_request_is_heard_on_the_wire(ask: Ask, zouping: Place) -> None:
    """So that silence below means silence."""
    reply, heard = ask(X_District=zouping.slug)
    assert reply.data == {"district": {"slug": zouping.slug}}
    assert any("SELECT" in each for each in heard)
    reply, heard = ask(WRITE, X_District=zouping.slug)
    assert reply.code == "UNAUTHENTICATED"
    assert any("SET LOCAL ROLE" in each for each in heard)


@pytest.mark.parametrize("query", [READ, WRITE, AREAS])
@pytest.mark.parametrize(
    "name",
    [
        "nowhere",
        "Zouping",
        "zouping;",
        "zouping'--",
        'd_zouping"',
        "platform",
        "../zouping",
        "zouping,rushan",
        "a" * 500,
    ],
)
def test_an_unknown_district_is_refused_in_silence(ask: Ask, zouping: Place, query: str, name: str) -> None:
    reply, heard = ask(query, X_District=name)
    assert reply.code == "DISTRICT_UNKNOWN"
    assert heard == []


@pytest.mark.parametrize("query", [READ, WRITE, AREAS])
@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("PROVISIONING", "DISTRICT_UNKNOWN"),
        ("SUSPENDED", "DISTRICT_SUSPENDED"),
        ("LEAVING", "DISTRICT_SUSPENDED"),
    ],
)
def test_a_district_that_is_not_open_is_refused_in_silence(
    ask: Ask, closed: dict[str, str], status: str, code: str, query: str
) -> None:
    for headers in ({"X_District": closed[status]}, {"Host": f"{closed[status]}.example"}):
        reply, heard = ask(query, **headers)
        # Its own people sign in to set it up, or to take its leaving back.
        if status in {"PROVISIONING", "LEAVING"} and query is WRITE:
            assert reply.code == "UNAUTHENTICATED"
            continue
        assert reply.code == code
        assert heard == []


def test_its_name_in_the_host_alone_opens_a_live_district(ask: Ask, closed: dict[str, str]) -> None:
    slug = closed["LIVE"]
    for host in (f"{slug}.example", f"{slug.upper()}.EXAMPLE", f"{slug}.example:8443", f"{slug}.example."):
        reply, _ = ask("{ areas { edges { node { id } } } }", Host=host)
        assert reply.data == {"areas": {"edges": []}}


def test_sources_that_disagree_are_refused_in_silence(
    ask: Ask, closed: dict[str, str], zouping: Place, rushan: Place
) -> None:
    token = zouping.sign_in("clerk-county").headers["Authorization"]
    live, host = closed["LIVE"], f"{closed['LIVE']}.example"
    for headers in (
        {"Authorization": token, "X_District": rushan.slug},
        {"Authorization": token, "X_District": "nowhere"},
        {"Authorization": token, "X_District": closed["SUSPENDED"]},
        {"Authorization": token, "Host": host},
        {"X_District": zouping.slug, "Host": host},
        {"Authorization": token, "X_District": live, "Host": host},
        {"Authorization": token, "X_District": zouping.slug, "Host": host},
    ):
        for query in (READ, AREAS):
            reply, heard = ask(query, **headers)
            assert reply.code == "DISTRICT_MISMATCH", headers
            assert heard == []


def test_sources_that_agree_are_one(ask: Ask, zouping: Place) -> None:
    token = zouping.sign_in("clerk-county").headers["Authorization"]
    reply, _ = ask(Authorization=token, X_District=zouping.slug)
    assert reply.data == {"district": {"slug": zouping.slug}}


@pytest.mark.parametrize("query", [READ, AREAS, WRITE])
@pytest.mark.parametrize(
    "headers", [{}, {"X_District": ""}, {"X_District": "  "}, {"Host": "somewhere.example"}]
)
def test_without_a_district_there_is_no_default(
    ask: Ask, zouping: Place, query: str, headers: dict[str, str]
) -> None:
    reply, heard = ask(query, **headers)
    assert reply.code in ("DISTRICT_REQUIRED", "UNAUTHENTICATED")
    # An operator may sign in without a district; nothing of a district's is touched for that.
    assert not [each for each in heard if '"d_' in each or "_d_" in each]
    if query is not WRITE:
        assert heard == []


@pytest.mark.parametrize("token", ["Bearer x", "Bearer a.b.c", "Basic eA==", "Bearer", "Bearer  "])
def test_a_token_that_is_none_is_refused_in_silence(ask: Ask, zouping: Place, token: str) -> None:
    reply, heard = ask(Authorization=token, X_District=zouping.slug)
    assert reply.code == "UNAUTHENTICATED"
    assert heard == []


def test_a_token_of_one_district_reads_nothing_of_another_even_when_it_is_suspended_meanwhile(
    ask: Ask, installation: Installation, services: AppServices, zibo: Place, run: Run
) -> None:
    token = zibo.sign_in("clerk-county").headers["Authorization"]

    async def become(status: DistrictStatus) -> None:
        await installation.set_status(zibo.slug, status)
        await services.registry.refresh(zibo.slug)

    run(become(DistrictStatus.SUSPENDED))
    try:
        reply, heard = ask(AREAS, Authorization=token)
        assert reply.code == "DISTRICT_SUSPENDED"
        assert heard == []
    finally:
        run(become(DistrictStatus.LIVE))
    reply, _ = ask(QUESTION, Authorization=token)
    assert reply.data == {"district": {"slug": zibo.slug}}
