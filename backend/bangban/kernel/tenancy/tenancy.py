"""The wall, from the application's side: the only place that opens sessions in a district."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from bangban.kernel.access.compiled import CompiledPolicy
from bangban.kernel.access.grants import grants_of
from bangban.kernel.access.principals import Principal
from bangban.kernel.audit.platform import CHANNEL
from bangban.kernel.clock.working import WorkingCalendar
from bangban.kernel.database.base import TENANT_SCHEMA
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.problems import Unavailable
from bangban.kernel.tenancy.kept_rules import KeptRules
from bangban.kernel.tenancy.lanes import Lanes
from bangban.kernel.tenancy.limits import Limits
from bangban.kernel.tenancy.momentary import as_problem
from bangban.kernel.tenancy.names import Names, Wall
from bangban.kernel.tenancy.reading import Reader
from bangban.kernel.tenancy.registry import District, Registry
from bangban.kernel.tenancy.rules import DistrictRules
from bangban.kernel.tenancy.slots import FairSlots
from bangban.kernel.tenancy.standby import Relaxed
from bangban.kernel.tenancy.transactions import enter, entered, entry
from bangban.kernel.tenancy.turns import share_of
from bangban.kernel.tenancy.work import Reckoning, Work
from bangban.kernel.vault.district import DistrictVault
from bangban.kernel.vault.keyring import KeyRing


class Tenancy:
    """Sessions of one installation. Made by ``Tenancy.open``, ended by ``close``."""

    def __init__(
        self,
        *,
        names: Names,
        ring: KeyRing,
        reader: Reader,
        engine: AsyncEngine,
        limits: Limits,
        standby: Reader | None = None,
        apart: bool = False,
    ) -> None:
        """``standby``: reads on a hot standby. ``apart``: districts stand on nodes of their own, and no
        statement may go to two."""
        self.apart = apart
        self.relaxed = reader if standby is None else Relaxed(standby, reader)
        self.names = names
        self.ring = ring
        self.reader = reader
        of_quotas = limits.statement_timeouts
        self.registry = Registry(reader, of_quotas.maps[0] if isinstance(of_quotas, ChainMap) else None)
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")  # see transactions.py
        self._acquire_timeout = limits.acquire_timeout
        self._slots = FairSlots(
            limits.write_connections,
            share=share_of(limits.write_connections),
            queue=limits.write_queue,
            patience=limits.acquire_timeout,
        )
        # None where the engine's connections carry the limit themselves.
        self._timeout_ms: int | None = limits.statement_timeout_ms
        self._timeouts = limits.statement_timeouts
        self._rules = KeptRules(reader, names, self.registry)
        self._vaults: dict[str, tuple[bytes, DistrictVault]] = {}

    @classmethod
    async def open(
        cls,
        endpoint: Endpoint,
        *,
        names: Names,
        ring: KeyRing,
        limits: Limits | None = None,
        standby: Endpoint | None = None,
        apart: bool = False,
    ) -> Tenancy:
        """Connect as the application's login and read the registry."""
        bounds = limits or Limits()
        # Quotas before settings: the first of the two follows the registry.
        bounds = replace(bounds, statement_timeouts=ChainMap({}, dict(bounds.statement_timeouts)))
        reader, second = (
            Reader(
                Lanes.to(each, bounds.lanes),
                names,
                statement_timeout_ms=bounds.statement_timeout_ms,
                timeouts=bounds.statement_timeouts,
            )
            for each in (endpoint, standby or endpoint)
        )
        engine = endpoint.engine(
            size=bounds.write_connections,
            acquire_timeout=bounds.acquire_timeout,
            statement_timeout_ms=bounds.statement_timeout_ms,
        )
        tenancy = cls(
            names=names,
            ring=ring,
            reader=reader,
            engine=engine,
            limits=bounds,
            standby=second if standby else None,
            apart=apart,
        )
        if not endpoint.pooled:
            tenancy._timeout_ms = None
        await tenancy.registry.load()
        return tenancy

    async def close(self) -> None:
        """Give every connection back."""
        await self.reader.lanes.close()
        if isinstance(self.relaxed, Relaxed):
            await self.relaxed.standby.lanes.close()
        await self._engine.dispose()

    # ------------------------------------------------------------------ what a district carries with it

    def vault(self, district: District) -> DistrictVault:
        """The district's own key, unwrapped once and kept until the registry says that it changed."""
        kept = self._vaults.get(district.slug)
        if kept is None or kept[0] != district.wrapped_key:
            key = self.ring.unwrap_data_key(district.wrapped_key, tag=self.names.tag, slug=district.slug)
            kept = (district.wrapped_key, DistrictVault(key))
            self._vaults[district.slug] = kept
        return kept[1]

    async def rules(self, district: District) -> DistrictRules:
        """The district's compiled policy, calendar and number prefix; read once, until told of a change."""
        return await self._rules.of(district)

    async def policy(self, district: District) -> CompiledPolicy:
        """The district's compiled policy."""
        return (await self.rules(district)).policy

    async def calendar(self, district: District) -> WorkingCalendar:
        """The district's working calendar."""
        return (await self.rules(district)).calendar

    def forget(self, slug: str) -> None:
        """Drop what is cached of a district's rules: they changed."""
        self._rules.forget(slug)

    async def holidays_changed(self) -> None:
        """Read the imported holidays again; every district's calendar follows. Raises as ``load_holidays``."""
        await self.registry.load_holidays()
        self._rules.forget_all()

    # ------------------------------------------------------------------ sessions

    @asynccontextmanager
    async def write(
        self,
        district: District,
        principal: Principal,
        *,
        request_id: str = "-",
        now: datetime | None = None,
    ) -> AsyncIterator[Work]:
        """One transaction as the district's ``_rw`` role: commit at the end of the block, rollback on raise."""
        rules = await self.rules(district)
        role = self.names.role(district.slug, Wall.WRITE)
        limit = self._timeouts.get(district.slug, self._timeout_ms)
        async with self._opened(role, district.schema, limit) as (db, driver):
            at = now or datetime.now(UTC)
            work = Work(
                db=db,
                driver=driver,
                district=district,
                channel=self.names.channel,
                principal=principal,
                grants=grants_of(principal, rules.policy, on=at.astimezone(district.zone).date()),
                policy=rules.policy,
                settings=rules.settings,
                vault=self.vault(district),
                reckoning=Reckoning(
                    calendar=rules.calendar,
                    stamp=rules.stamp,
                    renew=partial(self._rules.renewed, district),
                ),
                number_prefix=rules.number_prefix,
                now=at,
                request_id=request_id,
                apart=self.apart,
            )
            yield work
            await work.finish()

    @asynccontextmanager
    async def platform(self) -> AsyncIterator[AsyncSession]:
        """One transaction on the platform's own tables."""
        async with self._session(self.names.platform_role(Wall.WRITE), None) as db:
            db.info[CHANNEL] = self.names.channel
            yield db
            await db.flush()

    @asynccontextmanager
    async def _session(self, role: str, schema: str | None) -> AsyncIterator[AsyncSession]:
        async with self._opened(role, schema, self._timeout_ms) as (db, _):
            yield db

    @asynccontextmanager
    async def _opened(
        self, role: str, schema: str | None, timeout_ms: int | None
    ) -> AsyncIterator[tuple[AsyncSession, asyncpg.Connection]]:
        """A session in one transaction as ``role``, and the driver's connection beneath it."""
        # Without a district the sentinel stays, and a statement that needs one fails.
        translate = {TENANT_SCHEMA: schema} if schema else {}
        inside = False
        try:
            async with self._slots.of(schema or ""), self._engine.connect() as bare:
                connection = await bare.execution_options(schema_translate_map=translate)
                driver: Any = (await connection.get_raw_connection()).driver_connection
                await enter(driver, entry(role, timeout_ms), patience=self._acquire_timeout)
                inside = True
                async with entered(driver), AsyncSession(bind=connection, expire_on_commit=False) as db:
                    yield db, driver
        except (PoolTimeout, OSError) as error:
            if inside:
                raise  # of the block's own making
            raise Unavailable from error
        except (DBAPIError, asyncpg.PostgresError) as error:
            problem = as_problem(error)
            if problem is None:
                raise
            raise problem from error
