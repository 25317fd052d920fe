"""What is measured on: one folder of ``benchmarks.data``, its PostgreSQL, its districts, and tokens for them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import asyncpg
from benchmarks.data.server import DATABASE, SERVING
from joserfc.jwk import ECKey

from bangban.features import all_tables  # noqa: F401 - the metadata must be whole
from bangban.features.accounts.tokens import TokenIssuer, issuer_of
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.database.embedded import EmbeddedPostgres
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy.fleet.starting import upgrade_districts
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Names, Wall
from bangban.kernel.vault.key_file import load_ring
from bangban.kernel.vault.keyring import KeyRing

TOKEN_SECONDS: Final = 6 * 3600
READER: Final = "bench_reader"
_PASSWORD: Final = "reads-for-measurements"  # noqa: S105 - of a login on a throw-away server on 127.0.0.1
_STAFF: Final = """
SELECT s.id, s.name FROM {schema}.staff s
JOIN {schema}.assignment a ON a.staff_id = s.id
JOIN {schema}.area r ON r.id = a.area_id
WHERE a.role = $1 AND r.level = 'COUNTY' AND s.login IS NOT NULL AND s.active
  AND a.since <= current_date AND (a.until IS NULL OR a.until >= current_date)
ORDER BY s.login LIMIT 1
"""
_ROLES: Final = {"clerk": "window-clerk", "auditor": "auditor", "helper": "helper"}


@dataclass(frozen=True)
class District:
    """A district of the data. ``people`` are ids by what they are asked for: clerk, auditor."""

    slug: str
    schema: str
    cases: int
    today: str
    people: dict[str, UUID]


@dataclass(frozen=True)
class Ground:
    """Everything that contestants and the harness need to know of the data."""

    var: Path
    admin: Endpoint
    names: Names
    ring: KeyRing
    districts: tuple[District, ...]
    _tokens: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def application(self) -> Endpoint:
        """The application's own login, which every isolated contestant uses."""
        return self.admin.as_user(self.names.application, self.ring.app_password(self.names.tag))

    @property
    def reader(self) -> Endpoint:
        """A login that may read every district without changing its role: for the limit without isolation."""
        return self.admin.as_user(READER, _PASSWORD)

    @cached_property
    def big(self) -> District | None:
        """The one district that is far larger than the others, if there is one."""
        ordered = sorted(self.districts, key=lambda each: each.cases)
        alone = len(ordered) > 1 and ordered[-1].cases > 2 * ordered[-2].cases
        return ordered[-1] if alone else None

    @cached_property
    def many(self) -> tuple[District, ...]:
        """The districts of the usual size, at most fifty, by slug."""
        usual = [each for each in self.districts if self.big is None or each.slug != self.big.slug]
        return tuple(sorted(usual, key=lambda each: each.slug)[:50])

    @property
    def one(self) -> District:
        """The one that stands for itself."""
        return self.many[0]

    def token(self, district: District, who: str) -> str:
        """A valid access token of the district's clerk or auditor, as signing in gives one."""
        key = (district.slug, who)
        if key not in self._tokens:
            issuer = TokenIssuer(
                self.ring.signing_key(), issuer=issuer_of(self.names.tag), seconds=TOKEN_SECONDS
            )
            now = datetime.now(UTC)
            kind = PrincipalKind.AUDITOR if who == "auditor" else PrincipalKind.STAFF
            principal = Principal(
                kind=kind, id=district.people[who], district=district.slug, session_id=uuid4()
            )
            self._tokens[key] = issuer.issue(
                principal, now=now, not_after=now + timedelta(seconds=TOKEN_SECONDS)
            ).text
        return self._tokens[key]

    def described(self) -> dict[str, Any]:
        """For contestants that are no part of the product: JSON."""
        app = self.application
        url = f"{app.user}:{app.password}@{app.host}:{app.port}/{app.database}"
        return {
            "url": f"postgresql://{url}",
            "keys": [_public(key) for key in self.ring.verifying_keys()],
            "districts": {
                each.slug: {
                    "schema": each.schema,
                    "read_role": self.names.role(each.slug, Wall.READ),
                    "audit_role": self.names.role(each.slug, Wall.AUDIT),
                    "today": each.today,
                }
                for each in self.districts
            },
        }


def _public(key: ECKey) -> dict[str, Any]:
    return {**key.as_dict(private=False), "kid": key.kid}


@contextmanager
def opened(var: Path) -> Iterator[Ground]:
    """The data in ``var`` with its PostgreSQL running; stopped at the end if it was started here."""
    with EmbeddedPostgres(var.absolute() / "postgres", settings=SERVING) as server:
        admin = Endpoint.from_url(server.url).on(DATABASE)
        yield asyncio.run(look(var.absolute(), admin))


async def look(var: Path, admin: Endpoint, *, reader: bool = True) -> Ground:
    """The ground as the database has it. With ``reader`` the login ``bench_reader`` is made where it is missing."""
    ring = load_ring(line=None, file=var / "keys" / "master.key")
    installation = await Installation.prepare(admin, ring)
    await upgrade_districts(admin, installation.names)  # data that was built before a migration
    names = installation.names
    connection = await admin.connect()
    try:
        rows = await connection.fetch(
            "SELECT slug, timezone FROM platform.district WHERE status = 'LIVE' ORDER BY slug"
        )
        districts = [await _district(connection, names, row["slug"], row["timezone"]) for row in rows]
        if reader:
            await _make_reader(connection, names, districts)
    finally:
        await connection.close()
    return Ground(var=var, admin=admin, names=names, ring=ring, districts=tuple(districts))


async def _district(connection: asyncpg.Connection, names: Names, slug: str, zone: str) -> District:
    schema = names.schema(slug)
    people = {}
    for who, role in _ROLES.items():
        row = await connection.fetchrow(_STAFF.format(schema=schema), role)
        if row is not None:
            people[who] = row["id"]
    cases = await connection.fetchval(f"SELECT count(*) FROM {schema}.cases")  # noqa: S608 - a checked name
    today = datetime.now(ZoneInfo(zone)).date().isoformat()
    return District(slug=slug, schema=schema, cases=cases, today=today, people=people)


async def _make_reader(connection: asyncpg.Connection, names: Names, districts: list[District]) -> None:
    known = await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", READER)
    if not known:
        await connection.execute(f"CREATE ROLE {READER} LOGIN INHERIT PASSWORD '{_PASSWORD}'")
        await connection.execute(f"ALTER ROLE {READER} SET jit = off")
    name = await connection.fetchval("SELECT quote_ident(current_database())")
    await connection.execute(f"GRANT CONNECT ON DATABASE {name} TO {READER}")
    granted = {
        row["role"]
        for row in await connection.fetch(
            "SELECT r.rolname AS role FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid"
            " JOIN pg_roles u ON u.oid = m.member WHERE u.rolname = $1",
            READER,
        )
    }
    for each in districts:
        for wall in (Wall.READ, Wall.AUDIT):
            role = names.role(each.slug, wall)
            if role not in granted:
                await connection.execute(f'GRANT "{role}" TO {READER} WITH INHERIT TRUE, SET FALSE')
