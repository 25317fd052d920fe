"""Two hundred at once over eight districts, straight and through a pooler: nobody is ever somebody else."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import delete, func, select, text
from tests.integration.kernel.tenancy.conftest import nobody, sessions, sign

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import ClosureRow, PolicyLineRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.keyring import KeyRing

Run = Callable[[Any], Any]

AT_ONCE = 200


@pytest.fixture(scope="module")
def eight(installation: Installation, new_district: Callable[[str], District], run: Run) -> list[District]:
    """Eight districts, each with a row that names it."""
    made = [new_district(f"crowd-{uuid4().hex[:8]}") for _ in range(8)]
    for district in made:
        run(sign(installation, district))
    return made


class Crowd:
    """Requests of every kind, each of which checks that it was where it should have been."""

    def __init__(self, tenancy: Tenancy, districts: list[District], chance: random.Random) -> None:
        self.tenancy, self.districts, self.chance = tenancy, districts, chance
        self.kept: dict[str, int] = {each.slug: 0 for each in districts}
        self.done: set[str] = set()

    async def read(self, district: District) -> None:
        wall = self.chance.choice([Wall.READ, Wall.AUDIT])
        sql = (
            "SELECT json_build_array(current_user, current_schema(), json_agg(reason), $1::int)::text"
            f" FROM {district.schema}.closure"
        )
        token = self.chance.randrange(10**6)
        found = json.loads(await self.tenancy.reader.district(district.slug, wall, sql, (token,)))
        role = self.tenancy.names.role(district.slug, wall)
        assert found == [role, "public", [district.slug], token]

    async def write(self, district: District) -> None:
        async with self.tenancy.write(district, nobody(district)) as work:
            role = await work.db.scalar(text("SELECT current_user"))
            work.db.add(self.line(district))
            work.announce("test.crowd", district.slug)
            await work.db.flush()
            assert list(await work.db.scalars(select(ClosureRow.reason))) == [district.slug]
            assert set(await work.db.scalars(select(PolicyLineRow.object))) == {district.slug}
            assert role == self.tenancy.names.role(district.slug, Wall.WRITE)
        self.kept[district.slug] += 1

    async def raising(self, district: District) -> None:
        with pytest.raises(LookupError):  # noqa: PT012 - it ends the block
            async with self.tenancy.write(district, nobody(district)) as work:
                work.db.add(self.line(district))
                await work.db.flush()
                raise LookupError(district.slug)

    async def trespass(self, district: District) -> None:
        other = self.chance.choice([each for each in self.districts if each is not district])
        sql = f"SELECT json_agg(reason)::text FROM {other.schema}.closure"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await self.tenancy.reader.district(district.slug, Wall.READ, sql, ())

    async def cancelled(self, district: District) -> None:
        task = asyncio.create_task(self.read(district))
        for _ in range(self.chance.randrange(12)):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def platform(self, _: District) -> None:
        async with self.tenancy.platform() as db:
            role = await db.scalar(text("SELECT current_user"))
        assert role == self.tenancy.names.platform_role(Wall.WRITE)

    def line(self, district: District) -> PolicyLineRow:
        return PolicyLineRow(
            id=new_id(), role=uuid4().hex, level="*", object=district.slug, action="test", effect="deny"
        )

    async def one(self) -> None:
        kind = self.chance.choice(
            [*[self.read] * 5, *[self.write] * 3, self.raising, self.trespass, self.cancelled, self.platform]
        )
        self.done.add(kind.__name__)
        await kind(self.chance.choice(self.districts))


def test_two_hundred_at_once_never_mix(
    way: Endpoint, installation: Installation, ring: KeyRing, eight: list[District], run: Run
) -> None:
    async def go() -> None:
        async with sessions(way, installation, ring, acquire_timeout=30.0) as tenancy:
            for district in eight:
                await tenancy.rules(district)
            crowd = Crowd(tenancy, eight, random.Random(20260610))
            await asyncio.gather(*(crowd.one() for _ in range(AT_ONCE)))
            assert crowd.done >= {"read", "write", "raising", "trespass", "cancelled", "platform"}
            for district in eight:
                async with tenancy.write(district, nobody(district)) as work:
                    found = await work.db.execute(
                        select(PolicyLineRow.object, func.count()).group_by(PolicyLineRow.object)
                    )
                    kept = crowd.kept[district.slug]
                    assert found.all() == ([(district.slug, kept)] if kept else [])
                    await work.db.execute(delete(PolicyLineRow))
            assert await signed(installation) == {
                (tenancy.names.role(slug, Wall.WRITE), slug, kept)
                for slug, kept in crowd.kept.items()
                if kept
            }

    run(go())


async def signed(installation: Installation) -> set[tuple[str, str, int]]:
    """Who announced what, by the database's own word; and clear it away."""
    async with installation.connection() as connection:
        rows = await connection.fetch(
            "WITH gone AS (DELETE FROM platform.outbox WHERE kind = 'test.crowd' RETURNING author, reference)"
            " SELECT author, reference, count(*) FROM gone GROUP BY 1, 2"
        )
        return {tuple(row) for row in rows}
