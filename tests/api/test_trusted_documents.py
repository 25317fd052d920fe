"""Trusted documents: known by their hashes, registered by portals, and the only ones that strangers may send."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.api.access_building import build
from tests.api.access_world import World
from tests.api.casework import Run
from tests.api.clients import Client
from tests.api.named import text_of
from tests.api.raw import GRAPHQL_JSON, code, get, post
from tests.api.trusted import OWN, by_hash, heard, settled, sha
from tests.api.wire_ws import subscribed

from bangban.features.documents.service import NewDocument, add_documents, list_documents, remove_documents
from bangban.kernel.problems import DistrictUnknown
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work
from bangban.web.services import AppServices
from bangban.web.trusted import shipped_documents


@pytest.fixture(scope="module")
def world(installation: Installation, services: AppServices, api: Client, run: Run) -> World:
    """A district with a portal of its own."""
    made = build("trusted", installation, services, api, run)

    async def hire(work: Work) -> None:
        await made.hire(work, "portal", ("portal", "county", work.today, None))

    made.inside(hire)
    return made


@pytest.fixture(scope="module")
def neighbour(installation: Installation, services: AppServices, api: Client, run: Run) -> World:
    return build("trusted-not", installation, services, api, run)


@pytest.fixture
def bound(world: World, installation: Installation, services: AppServices, run: Run) -> Iterator[World]:
    """The district as it takes trusted documents only, told by NOTIFY as every process is."""

    async def switch(only: bool) -> None:
        told = services.tenancy.registry.get(world.slug).trusted_documents_only
        assert told is not only
        await installation.set_trusted_documents_only(world.slug, only=only)
        await settled(lambda: services.tenancy.registry.get(world.slug).trusted_documents_only is only)

    run(switch(True))
    yield world
    run(switch(False))


@pytest.fixture
def registered(world: World, services: AppServices, run: Run) -> Iterator[Callable[..., str]]:
    """Registers documents from another process's point of view, and takes them back; gives their hashes."""
    there: list[tuple[bytes, str | None]] = []

    def register(text: str, district: str | None = None) -> str:
        digest = hashlib.sha256(text.encode()).digest()

        async def go() -> None:
            documents = [NewDocument(digest, "Own", text)]
            assert await add_documents(services.tenancy, documents, district=district) == 1
            assert await add_documents(services.tenancy, documents, district=district) == 0
            await heard(services, digest.hex(), district, there=True)

        run(go())
        there.append((digest, district))
        return digest.hex()

    yield register
    for digest, district in there:
        run(remove_documents(services.tenancy, [digest], district=district))
        run(heard(services, digest.hex(), district, there=False))


# -------------------------------------------------------------------- by hash


def test_every_named_operation_is_known_by_the_hash_of_its_file(world: World) -> None:
    folder = Path(__file__).resolve().parents[2] / "schema" / "graphql" / "operations"
    paths = sorted(folder.glob("*.graphql"))
    assert len(paths) >= 38
    for file in paths:
        assert shipped_documents()[hashlib.sha256(file.read_bytes()).hexdigest()] == file.read_text("utf-8")


@pytest.mark.parametrize(
    "named",
    [
        lambda digest: {"documentId": f"sha256:{digest}"},
        lambda digest: {"documentId": digest},
        lambda digest: {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}}},
        lambda digest: {"documentId": digest, "query": text_of("District")},
        lambda digest: {"documentId": digest, "query": ""},
        lambda digest: {"documentId": digest, "query": None},
    ],
)
def test_a_hash_stands_for_the_text_however_it_is_said(world: World, named: Callable[[str], Any]) -> None:
    digest = sha(text_of("District"))
    expected = post(world.anonymous, {"query": text_of("District")}).json()
    assert expected["data"]
    assert post(world.anonymous, named(digest)).json() == expected


def test_by_get_too(world: World) -> None:
    digest = sha(text_of("District"))
    assert get(world.anonymous, documentId=f"sha256:{digest}").json()["data"]
    mutation = get(world.client("helper TOWN"), documentId=sha(text_of("SignOut")))
    assert mutation.status_code == 405


def test_a_stale_token_does_not_keep_anybody_from_signing_in_by_hash(world: World) -> None:
    variables = {"input": {"login": "nobody", "password": "not-this-one-either"}}
    reply = by_hash(
        world.anonymous.as_(Authorization="Bearer over"), sha(text_of("SignIn")), variables=variables
    )
    assert code(reply) != "SESSION_ENDED"
    assert reply.json()["errors"][0]["path"] == ["signIn"], "it ran"


def test_what_a_portal_registered_is_known_in_its_district_and_nowhere_else(
    world: World, neighbour: World, registered: Callable[..., str]
) -> None:
    own = f"{OWN} # {uuid4().hex}"
    assert code(by_hash(world.anonymous, sha(own))) == "PERSISTED_QUERY_NOT_FOUND"
    digest = registered(own, world.slug)
    assert by_hash(world.anonymous, digest).json()["data"]["district"]["name"] == "样本区"
    assert code(by_hash(neighbour.anonymous, digest)) == "PERSISTED_QUERY_NOT_FOUND"
    everybodys = registered(f"{OWN} # {uuid4().hex}")
    for place in (world, neighbour):
        assert by_hash(place.anonymous, everybodys).json()["data"]


def test_one_text_may_be_registered_twice_and_taken_back_by_each_alone(
    world: World, neighbour: World, services: AppServices, run: Run
) -> None:
    text = f"{OWN} # {uuid4().hex}"
    digest = hashlib.sha256(text.encode()).digest()
    tenancy = services.tenancy
    for place in (world, neighbour):
        assert run(add_documents(tenancy, [NewDocument(digest, "Own", text)], district=place.slug)) == 1
        run(heard(services, digest.hex(), place.slug, there=True))
    assert run(remove_documents(tenancy, [digest], district=world.slug)) == 1
    run(heard(services, digest.hex(), world.slug, there=False))
    assert by_hash(neighbour.anonymous, digest.hex()).json()["data"]
    found = run(list_documents(tenancy, district=neighbour.slug))
    assert [(each.district, each.sha256) for each in found if each.sha256 == digest] == [
        (neighbour.slug, digest)
    ]
    assert run(remove_documents(tenancy, [digest], district=neighbour.slug)) == 1


def test_a_district_that_is_not_there_has_no_documents(services: AppServices, run: Run) -> None:
    with pytest.raises(DistrictUnknown):
        run(add_documents(services.tenancy, [NewDocument(b"x" * 32, "x", "x")], district="nowhere"))


# -------------------------------------------------------------------- nothing else


def test_strangers_and_portals_are_bound_and_everybody_else_is_not(bound: World) -> None:
    free = {"query": OWN}
    for client in (bound.anonymous, bound.client("portal")):
        reply = post(client, free)
        assert code(reply) == "TRUSTED_DOCUMENT_REQUIRED"
        assert post(client, free, {"Accept": GRAPHQL_JSON}).status_code == 403
        assert code(get(client, query=OWN)) == "TRUSTED_DOCUMENT_REQUIRED"
        trusted = sha(text_of("District"))
        assert by_hash(client, trusted).json()["data"]
        assert post(client, {"query": text_of("District")}).json()["data"], "the text counts, not its packing"
        assert get(client, documentId=trusted).json()["data"]
    for who in ("helper TOWN", "auditor COUNTY", "admin COUNTY"):
        assert post(bound.client(who), free).json()["data"]


def test_the_refusal_speaks_both_languages(bound: World) -> None:
    for language, word in (("zh", "已登记"), ("en", "registered documents only")):
        reply = post(bound.anonymous, {"query": OWN}, {"Accept-Language": language})
        assert word in reply.json()["errors"][0]["message"]


def test_nothing_is_learned_from_those_who_are_bound(bound: World) -> None:
    text = f"{OWN} # {uuid4().hex}"
    body = {"query": text, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha(text)}}}
    assert code(post(bound.anonymous, body)) == "TRUSTED_DOCUMENT_REQUIRED"
    assert code(by_hash(bound.anonymous, sha(text))) == "TRUSTED_DOCUMENT_REQUIRED"
    staff = bound.client("helper TOWN")
    assert code(by_hash(staff, sha(text))) == "PERSISTED_QUERY_NOT_FOUND"
    assert post(staff, body).json()["data"]
    assert by_hash(staff, sha(text)).json()["data"]
    assert code(by_hash(bound.anonymous, sha(text))) == "TRUSTED_DOCUMENT_REQUIRED", "known is not trusted"


def test_a_portals_own_document_sets_it_free_to_send_it(bound: World, registered: Callable[..., str]) -> None:
    text = f"{OWN} # {uuid4().hex}"
    assert code(post(bound.anonymous, {"query": text})) == "TRUSTED_DOCUMENT_REQUIRED"
    digest = registered(text, bound.slug)
    for client in (bound.anonymous, bound.client("portal")):
        assert post(client, {"query": text}).json()["data"]
        assert by_hash(client, digest).json()["data"]


def test_a_socket_is_bound_as_well(app: Any, bound: World, run: Run) -> None:
    init = {"district": bound.slug}
    assert run(subscribed(app, init, OWN, {})).code == "TRUSTED_DOCUMENT_REQUIRED"
    assert run(subscribed(app, init, text_of("District"), {})).data["district"]
    token = {"authorization": bound.client("portal").headers["Authorization"]}
    assert run(subscribed(app, token, OWN, {})).code == "TRUSTED_DOCUMENT_REQUIRED"
    staff = {"authorization": bound.client("helper TOWN").headers["Authorization"]}
    assert run(subscribed(app, staff, OWN, {})).data["district"]


def test_other_districts_are_not_bound(bound: World, neighbour: World) -> None:
    assert post(neighbour.anonymous, {"query": OWN}).json()["data"]


def test_strangers_cannot_make_the_database_work(
    bound: World, services: AppServices, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hash(bound.anonymous, "0" * 64)
    read: list[str] = []

    async def reading(_: Any, slug: str) -> dict[str, str]:
        read.append(slug)
        return {}

    monkeypatch.setattr("bangban.web.trusted.texts_of", reading)
    for n in range(20):
        assert code(by_hash(bound.anonymous, f"{n:064}")) == "TRUSTED_DOCUMENT_REQUIRED"
        assert code(post(bound.anonymous, {"query": f"{OWN} # {n}"})) == "TRUSTED_DOCUMENT_REQUIRED"
    assert read == []


def test_the_packaged_manifest_is_one_that_apollos_clients_read() -> None:
    manifest = json.loads((files("bangban.web") / "documents.json").read_text("utf-8"))
    assert (manifest["format"], manifest["version"]) == ("apollo-persisted-query-manifest", 1)
    for each in manifest["operations"]:
        assert sha(each["body"]) == each["id"]
        assert each["type"] in ("query", "mutation", "subscription")
