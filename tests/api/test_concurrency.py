"""Two hundred requests at once over eight districts, straight and through a pooler: each answer is its district's."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select
from tests.api.clients import PASSWORD, Client, Reply
from tests.api.conftest import ROOT
from tests.passwords import set_password
from tests.pooler import pgbouncer

from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.areas.tables import AreaRow
from bangban.features.cases.service.applicant import PHONE_CONTEXT
from bangban.features.cases.tables import CaseRow
from bangban.features.districts.onboarding import onboard
from bangban.features.districts.platform import platform_work
from bangban.features.people.tables import StaffRow
from bangban.features.profiles.reader import read_profile
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.identifiers import sample_phone, sample_resident_id
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.vault.district import DistrictVault
from bangban.kernel.vault.keyring import KeyRing
from bangban.settings import Settings
from bangban.web.app import create_app
from bangban.web.services import Opening

Run = Callable[[Any], Any]

AT_ONCE = 200
PREFIXES = ("SHA", "SHB", "SHC", "SHD")  # each of two districts, which so have cases of the same number
ITEM = "SAMPLE-ITEM"
SIGN_IN = "mutation($i: SignInInput!) { signIn(input: $i) { accessToken } }"
APPLY = "mutation($i: ApplyForCaseInput!) { applyForCase(input: $i) { number note area { name } service { name } } }"
PROFILE = {
    "district.yaml": """
slug: {slug}
name: {{zh: 样例{n}区, en: Sample {n}}}
brand: {{zh: 帮{n}办, en: Help {n}}}
division_code: "999999"
case_prefix: {prefix}
levels: [COUNTY, TOWN]
""",
    "areas.csv": """key,code,parent,name,full_name,level,kind,provenance
county,999999,,样例{n}区,样例{n}区,COUNTY,COUNTY,sample
,999999101,county,{slug}镇,{slug}镇,TOWN,TOWN,sample
""",
    "people.yaml": """
from: 2024-01-01
teams:
  - {{key: centre, name: {{zh: 中心, en: Centre}}, kind: CENTRE, at: county}}
staff:
  - {{key: admin, assignments: [{{role: admin, at: county}}]}}
  - {{key: auditor, assignments: [{{role: auditor, at: county}}]}}
  - {{key: clerk, teams: [centre], assignments: [{{role: window-clerk, at: county}}]}}
""",
    "services.yaml": """effective_from: 2024-01-01
items:
  - code: SAMPLE-ITEM
    name: {slug}事项
    kind: PUBLIC_SERVICE
    audience: [PERSON]
    case_type: PROMISED
    promised_working_days: 3
    legal_working_days: 5
    max_trips: 1
    materials:
      - {{code: ID, name: 身份证, core: true, originals: 1}}
    channels: [HALL, WEB]
    handled_at: [COUNTY, TOWN]
    legal_basis: [某条例]
    result: 回执
""",
}


@dataclass
class Shire:
    """One of the eight: its facts and its people's tokens, and the cases that were applied for there."""

    slug: str
    prefix: str
    town: str = ""
    clerk: str = ""
    auditor: str = ""
    kept: dict[str, str] = field(default_factory=dict)  # notes by number


@pytest.fixture(scope="module")
def shires(
    installation: Installation, app: Any, api: Client, run: Run, tmp_path_factory: pytest.TempPathFactory
) -> list[Shire]:
    """Eight small districts, each of which says its own name wherever it can."""
    tenants = tmp_path_factory.mktemp("tenants")
    shutil.copytree(ROOT / "tenants" / "template", tenants / "template")
    passwords = Passwords(cost=Cost(1, 8, 1))
    tenancy = app.state.services.tenancy

    async def set_up(n: int) -> Shire:
        shire = Shire(f"shire-{n}-{uuid4().hex[:6]}", PREFIXES[n % 4])
        folder = tenants / shire.slug
        folder.mkdir()
        for name, text in PROFILE.items():
            (folder / name).write_text(
                text.format(slug=shire.slug, n=n, prefix=shire.prefix), encoding="utf-8"
            )
        await onboard(installation, tenancy, read_profile(folder))
        async with platform_work(tenancy, tenancy.registry.get(shire.slug)) as work:
            for row in (await work.db.scalars(select(StaffRow).where(StaffRow.login.is_not(None)))).all():
                await set_password(work, passwords=passwords, staff_id=row.id, password=PASSWORD)
            town = select(AreaRow.id).where(AreaRow.parent_id.is_not(None))
            shire.town = str((await work.db.scalars(town)).one())
        for login in ("clerk", "auditor"):
            sent = await api.send(
                SIGN_IN, headers={"X-District": shire.slug}, i={"login": login, "password": PASSWORD}
            )
            setattr(shire, login, f"Bearer {sent.data['signIn']['accessToken']}")
        return shire

    async def all_eight() -> list[Shire]:
        return [await set_up(n) for n in range(1, 9)]

    return run(all_eight())


@pytest.fixture(scope="module", params=["direct", "pooled"])
def client(
    request: pytest.FixtureRequest,
    installation: Installation,
    app: Any,
    app_settings: Settings,
    shires: list[Shire],
    run: Run,
) -> Iterator[Client]:
    """A process of its own on either way into the database, with the keys of the first."""
    stack = AsyncExitStack()
    direct = installation.application
    endpoint = direct
    if request.param == "pooled":
        endpoint = direct.through(stack.enter_context(pgbouncer(direct)))
    settings = app_settings.model_copy(update={"acquire_timeout": 60.0, "admit_wait": 60.0})
    application = create_app(
        Opening(
            settings=settings,
            endpoint=endpoint,
            direct=direct,
            names=installation.names,
            ring=installation.ring,
        )
    )
    run(stack.enter_async_context(application.router.lifespan_context(application)))
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app=application), base_url="http://api.test")
    yield Client(http, run)
    run(http.aclose())
    run(stack.aclose())


class Crowd:
    """Requests of every kind; each checks that its answer is of its own district."""

    def __init__(self, client: Client, shires: list[Shire], chance: random.Random) -> None:
        self.client, self.shires, self.chance = client, shires, chance
        self.done: Counter[str] = Counter()

    async def facts(self, at: Shire) -> None:
        """What anybody may read."""
        query = (
            '{ district { slug } areas { edges { node { name } } } service(code: "SAMPLE-ITEM") { name } }'
        )
        data = (await self.client.send(query, headers={"X-District": at.slug})).data
        assert data["district"]["slug"] == at.slug
        assert f"{at.slug}镇" in {edge["node"]["name"] for edge in data["areas"]["edges"]}
        assert data["service"]["name"] == f"{at.slug}事项"

    async def inbox(self, at: Shire) -> None:
        """What a clerk sees."""
        query = "{ cases(first: 100) { edges { node { number note area { name } service { name } } } } }"
        for edge in (await self.send(at, query)).data["cases"]["edges"]:
            self.own(at, edge["node"])

    async def apply(self, at: Shire) -> None:
        """A write that is read back."""
        case = (await self.send(at, APPLY, i=self.application(at))).data["applyForCase"]
        self.own(at, case)
        assert case["number"] not in at.kept
        at.kept[case["number"]] = case["note"]

    async def retry(self, at: Shire) -> None:
        """The same write twice at once under one key, and the same key in another district."""
        key, wanted = uuid4().hex, self.application(at)
        other = self.other(at)
        sent = [self.send(at, APPLY, key=key, i=wanted) for _ in range(2)]
        foreign = self.send(other, APPLY, key=key, i=self.application(other))
        first, second, elsewhere = await asyncio.gather(*sent, foreign)
        assert first.data == second.data
        self.own(at, case := first.data["applyForCase"])
        self.own(other, theirs := elsewhere.data["applyForCase"])
        at.kept[case["number"]], other.kept[theirs["number"]] = case["note"], theirs["note"]

    async def trail(self, at: Shire) -> None:
        """What an auditor sees, as the third role."""
        query = "{ auditTrail(first: 20) { edges { node { object actor } } } viewer { kind } }"
        data = (await self.client.send(query, headers={"Authorization": at.auditor})).data
        assert data["viewer"] == {"kind": "AUDITOR"}

    async def foreign_number(self, at: Shire) -> None:
        """Another district's case is not to be had by its number."""
        other = self.other(at)
        if not other.kept:
            return
        number = self.chance.choice(sorted(other.kept))
        data = (await self.send(at, "query($n: String!) { case(number: $n) { note } }", n=number)).data
        # Two districts share a prefix, so a number of theirs may be one of ours as well; it is ours then.
        assert data["case"] is None or data["case"]["note"].startswith(f"{at.slug} ")

    async def foreign_area(self, at: Shire) -> None:
        """Nor can a case be put at another district's area."""
        wanted = self.application(at) | {"areaId": self.other(at).town}
        assert (await self.send(at, APPLY, i=wanted)).code in ("NOT_FOUND", "INVALID_INPUT", "FORBIDDEN")

    async def contradiction(self, at: Shire) -> None:
        """A token of one district and a header of another."""
        headers = {"Authorization": at.clerk, "X-District": self.other(at).slug}
        assert (await self.client.send("{ district { slug } }", headers=headers)).code == "DISTRICT_MISMATCH"

    async def stranger(self, at: Shire) -> None:
        """Nobody sees no case."""
        reply = await self.client.send(
            "{ cases { edges { node { number } } } }", headers={"X-District": at.slug}
        )
        assert reply.code in ("UNAUTHENTICATED", "FORBIDDEN")

    async def gone(self, at: Shire) -> None:
        """A client that hangs up."""
        task = asyncio.create_task(self.inbox(at))
        for _ in range(self.chance.randrange(30)):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    # ------------------------------------------------------------------ what they use

    async def send(self, at: Shire, query: str, *, key: str | None = None, **variables: Any) -> Reply:
        headers = {"Authorization": at.clerk} | ({"Idempotency-Key": key} if key else {})
        return await self.client.send(query, headers=headers, **variables)

    def other(self, at: Shire) -> Shire:
        return self.chance.choice([each for each in self.shires if each is not at])

    def word(self) -> str:
        """Of letters alone: digits may come together to a phone number, which notes refuse."""
        return "".join(self.chance.choices(ascii_lowercase, k=24))

    def application(self, at: Shire) -> dict[str, Any]:
        n = self.chance.randrange(10_000)
        return {
            "serviceCode": ITEM,
            "areaId": at.town,
            "applicant": {
                "kind": "PERSON",
                "name": f"样本{at.slug}",
                "identityNumber": sample_resident_id(n),
                "phone": sample_phone(n),
            },
            "note": f"{at.slug} {self.word()}",
        }

    def own(self, at: Shire, case: dict[str, Any]) -> None:
        assert case["note"].startswith(f"{at.slug} ")
        assert case["number"].startswith(at.prefix)
        assert case["area"] == {"name": f"{at.slug}镇"}
        assert case["service"] == {"name": f"{at.slug}事项"}

    async def one(self) -> None:
        kinds = [self.facts, self.facts, self.inbox, self.apply, self.apply, self.retry, self.trail]
        kinds += [self.foreign_number, self.foreign_area, self.contradiction, self.stranger, self.gone]
        kind = self.chance.choice(kinds)
        await kind(self.chance.choice(self.shires))
        self.done[kind.__name__] += 1


def test_two_hundred_requests_over_eight_districts_never_mix(
    client: Client, app: Any, shires: list[Shire], installation: Installation, ring: KeyRing, run: Run
) -> None:
    crowd = Crowd(client, shires, random.Random(20260610))
    tenancy = app.state.services.tenancy

    async def go() -> None:
        await asyncio.gather(*(crowd.one() for _ in range(AT_ONCE)))
        noted = await announced(installation)
        for shire in shires:
            async with platform_work(tenancy, tenancy.registry.get(shire.slug)) as work:
                cases = (await work.db.execute(select(CaseRow.id, CaseRow.number, CaseRow.note))).all()
                # Under the district's own key, taken from the registry anew.
                key = ring.unwrap_data_key(work.district.wrapped_key, tag=tenancy.names.tag, slug=shire.slug)
                for sealed in await work.db.scalars(select(CaseRow.phone_sealed)):
                    assert DistrictVault(key).open(sealed, context=PHONE_CONTEXT).startswith("154")
                said = await work.db.scalars(
                    select(AuditEntryRow.object).where(AuditEntryRow.action == "case:apply")
                )
                assert {number: note for _, number, note in cases} == shire.kept
                assert sorted(said) == sorted(f"case:{number}" for number in shire.kept)
                # Signed by the database's own word for the role that wrote it.
                role = installation.names.role(shire.slug, Wall.WRITE)
                assert noted.get(role, set()) == {str(case_id) for case_id, _, _ in cases}

    run(go())
    assert len(crowd.done) == 10
    assert crowd.done.total() == AT_ONCE


async def announced(installation: Installation) -> dict[str, set[str]]:
    """The cases that were announced, by who announced them."""
    found: dict[str, set[str]] = {}
    async with installation.connection() as connection:
        for author, reference in await connection.fetch(
            "SELECT author, reference FROM platform.outbox WHERE kind = 'case.changed'"
        ):
            found.setdefault(author, set()).add(reference)
    return found
