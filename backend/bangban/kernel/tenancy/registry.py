"""The registry of districts: who exists, and in what state. Consulted before any session opens.

Beside it, the one thing more that all districts share: the published calendar.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import asyncpg

from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.clock.published import PublishedCalendar, published_calendar
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import DistrictSuspended, DistrictUnknown, Unavailable
from bangban.kernel.tenancy.fleet.declared import serves
from bangban.kernel.tenancy.names import SLUG_PATTERN, Names
from bangban.kernel.tenancy.quotas import Quotas
from bangban.kernel.tenancy.reading import Reader
from bangban.kernel.tenancy.tables import DistrictStatus

_SETTING_UP = frozenset({PrincipalKind.STAFF, PrincipalKind.AUDITOR})


class DistrictNotUpgraded(Unavailable):
    """The district's schema is not one that this process's code works on: a migration is due, or failed."""

    zh = "该地区正在升级,请稍后再试。"
    en = "This district is being upgraded; please try again later."


@dataclass(frozen=True)
class District:
    """What every request needs to know of its district."""

    slug: str
    schema: str
    name: str
    brand: str
    division_code: str | None
    levels: tuple[AreaLevel, ...]
    status: DistrictStatus
    circle_minutes: int
    timezone: str
    allowed_origins: frozenset[str]
    hosts: frozenset[str]
    wrapped_key: bytes
    revision: str
    trusted_documents_only: bool = False
    code_from: str = "0001"
    quotas: Quotas = field(default_factory=Quotas)
    storage_bytes: int | None = None
    suspended_why: str | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The district's time zone: legal days begin and end there."""
        return ZoneInfo(self.timezone)

    @property
    def served(self) -> bool:
        """Whether this process's code works on the district's schema as it stands."""
        return serves(self.revision, self.code_from)

    def admits(self, kind: PrincipalKind) -> bool:
        """Whether callers of a kind may be in.

        Everybody may while it is live; before that those who set it up and look it over; when it is closed, auditors.
        Of a district that leaves, ``Context.facts`` lets none of the staff in but those who may take it back.
        """
        if self.status in (DistrictStatus.PROVISIONING, DistrictStatus.LEAVING):
            return kind in _SETTING_UP
        return self.status is DistrictStatus.LIVE or kind is PrincipalKind.AUDITOR


_COLUMNS = (
    "slug, name, brand, division_code, levels, status, circle_minutes, timezone, allowed_origins, hosts, "
    "data_key, revision, trusted_documents_only, code_from, portal_origins, quotas::text AS quotas, storage_bytes, "
    "suspended_why"
)
_ALL = f"SELECT {_COLUMNS} FROM platform.district ORDER BY slug"  # noqa: S608 - constants only
_ONE = f"SELECT {_COLUMNS} FROM platform.district WHERE slug = $1"  # noqa: S608 - constants only
_HOLIDAYS = "SELECT day, working FROM platform.holiday"


def _district(row: asyncpg.Record) -> District:
    return District(
        slug=row["slug"],
        schema=Names.schema(row["slug"]),
        name=row["name"],
        brand=row["brand"],
        division_code=row["division_code"],
        levels=tuple(AreaLevel(level) for level in row["levels"]),
        status=DistrictStatus(row["status"]),
        circle_minutes=row["circle_minutes"],
        timezone=row["timezone"],
        allowed_origins=frozenset(row["allowed_origins"]) | frozenset(row["portal_origins"]),
        hosts=frozenset(row["hosts"]),
        wrapped_key=row["data_key"],
        revision=row["revision"],
        trusted_documents_only=row["trusted_documents_only"],
        code_from=row["code_from"],
        quotas=Quotas.of(json.loads(row["quotas"])),
        storage_bytes=row["storage_bytes"],
        suspended_why=row["suspended_why"],
    )


class Registry:
    """All districts of the installation, held in memory and refreshed when told (NOTIFY) or asked.

    ``published`` is the calendar before any district's own exceptions: what the software knows, with the
    holiday notices 放假安排 that were imported.
    """

    def __init__(self, reader: Reader, timeouts: MutableMapping[str, int] | None = None) -> None:
        """``timeouts``: kept up to date with the districts' quotas, for whoever opens connections."""
        self._reader = reader
        self.timeouts: MutableMapping[str, int] = {} if timeouts is None else timeouts
        self._by_slug: dict[str, District] = {}
        self._by_host: dict[str, str] = {}
        self.published: PublishedCalendar = published_calendar()
        self._asked = self._heard = 0

    async def load(self) -> None:
        """Read the whole registry, one statement however many districts, and the imported holidays, another.

        Raises what ``load_holidays`` raises.
        """
        self._keep({row["slug"]: _district(row) for row in await self._fetch(_ALL)})
        await self.load_holidays()

    async def load_holidays(self) -> None:
        """Read the imported holiday notices. Of two readings at once the one that began later counts.

        Raises:
            CalendarIncomplete, BeyondCalendar: The stored days do not continue what this software publishes,
                as with a release older than the one they were imported with.
        """
        self._asked = asked = self._asked + 1
        days = {row["day"]: row["working"] for row in await self._fetch(_HOLIDAYS)}
        published = published_calendar().extended(days)
        if asked > self._heard:
            self._heard, self.published = asked, published

    async def refresh(self, slug: str) -> None:
        """Read one district again; forget it if it is gone."""
        rows = await self._fetch(_ONE, slug)
        known = {key: value for key, value in self._by_slug.items() if key != slug}
        self._keep(known | {row["slug"]: _district(row) for row in rows})

    def _keep(self, districts: dict[str, District]) -> None:
        # Replaced as a whole, so that a reader never sees half of a change.
        self._by_slug = districts
        limits = {slug: each.quotas.statement_timeout_ms for slug, each in districts.items()}
        self.timeouts.clear()
        self.timeouts.update({slug: limit for slug, limit in limits.items() if limit is not None})
        self._by_host = {host: each.slug for each in districts.values() for host in each.hosts}

    async def _fetch(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        return await self._reader.registry(sql, arguments)

    @property
    def stamp(self) -> object:
        """Another object whenever a district may have changed, for whoever remembers what districts decide."""
        return self._by_slug

    def __iter__(self) -> Iterator[District]:
        return iter(self._by_slug.values())

    def slug_of_host(self, host: str) -> str | None:
        """The district that a host name is set up for, or None."""
        return self._by_host.get(host)

    def find(self, slug: str) -> District | None:
        """The district, in whatever state, or None. Never asks the database: strangers cannot make it work."""
        return self._by_slug.get(slug) if SLUG_PATTERN.fullmatch(slug) else None

    def get(self, slug: str) -> District:
        """The district; raises DistrictUnknown."""
        district = self.find(slug)
        if district is None:
            raise DistrictUnknown(fields=("X-District",))
        return district

    def get_readable(self, slug: str) -> District:
        """The district, in whatever state, if its schema can be read; raises DistrictUnknown, DistrictNotUpgraded."""
        return _usable(self.get(slug))

    def get_live(self, slug: str) -> District:
        """The district, open for business.

        Raises DistrictUnknown, DistrictSuspended, DistrictNotUpgraded.
        """
        district = self.get(slug)
        if district.status is DistrictStatus.PROVISIONING:
            raise DistrictUnknown(fields=("X-District",))
        if district.status is not DistrictStatus.LIVE:
            raise DistrictSuspended(district.suspended_why)
        return _usable(district)


def _usable(district: District) -> District:
    if not district.served:
        raise DistrictNotUpgraded
    return district
