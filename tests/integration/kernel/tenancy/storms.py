"""Reads of many districts at once, some of which are cancelled, fail or find the server gone."""

from __future__ import annotations

import asyncio
import json
import random

import asyncpg
import pytest

from bangban.kernel.problems import Unavailable
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy


class Storm:
    """Reads in every kind of trouble at once; each that gives an answer gives the right one."""

    def __init__(self, tenancy: Tenancy, districts: list[District], chance: random.Random) -> None:
        self.tenancy, self.districts, self.chance = tenancy, districts, chance
        self.answered = 0

    async def read(self, district: District, wall: Wall) -> None:
        sql = (
            "SELECT json_build_array(current_user, current_setting('transaction_read_only'),"
            f" (SELECT json_agg(reason) FROM {district.schema}.closure))"
        )
        try:
            found = json.loads(await self.tenancy.reader.district(district.slug, wall, sql, ()))
        except Unavailable:
            return  # cut off by the storm
        assert found == [self.tenancy.names.role(district.slug, wall), "on", [district.slug]]
        self.answered += 1

    async def trespass(self, district: District, wall: Wall) -> None:
        other = self.chance.choice([each for each in self.districts if each is not district])
        sql = f"SELECT json_agg(reason) FROM {other.schema}.closure"
        with pytest.raises((asyncpg.InsufficientPrivilegeError, Unavailable)):
            await self.tenancy.reader.district(district.slug, wall, sql, ())

    async def failing(self, district: District, wall: Wall) -> None:
        with pytest.raises((asyncpg.DivisionByZeroError, Unavailable)):
            await self.tenancy.reader.district(district.slug, wall, "SELECT to_json(1 / $1::int)", (0,))

    async def misused(self, district: District, wall: Wall) -> None:
        with pytest.raises((asyncpg.InterfaceError, Unavailable)):
            await self.tenancy.reader.district(district.slug, wall, "SELECT to_json($1::int)", ())

    async def unknown(self, _: District, wall: Wall) -> None:
        with pytest.raises((asyncpg.PostgresError, Unavailable)):
            await self.tenancy.reader.district("never-was", wall, "SELECT to_json(1)", ())

    async def late(self, district: District, wall: Wall) -> None:
        with pytest.raises(Unavailable):
            await self.tenancy.reader.district(
                district.slug, wall, "SELECT to_json(pg_sleep(600)::text)", (), timeout_ms=20
            )

    async def cancelled(self, district: District, wall: Wall) -> None:
        task = asyncio.create_task(self.read(district, wall))
        for _ in range(self.chance.randrange(25)):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def one(self) -> None:
        kind = self.chance.choice(
            [
                *[self.read] * 6,
                self.trespass,
                self.failing,
                self.misused,
                self.unknown,
                self.late,
                self.cancelled,
            ]
        )
        await kind(self.chance.choice(self.districts), self.chance.choice([Wall.READ, Wall.AUDIT]))
