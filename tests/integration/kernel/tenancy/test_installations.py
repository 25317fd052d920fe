"""Installations on one server do not know of each other; a database that is not fit for one is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
from tests.integration.kernel.tenancy.apart import Apart
from tests.integration.kernel.tenancy.conftest import nobody, sessions

from bangban.kernel.problems import DistrictUnknown
from bangban.kernel.tenancy.installation import ChineseSearchBroken, Installation
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.tables import ClosureRow
from bangban.kernel.vault.keyring import KeyRing, MasterKey
from bangban.kernel.vault.problems import MasterKeyWrong

Run = Callable[[Any], Any]


async def roles_of(installation: Installation) -> set[str]:
    async with installation.connection() as connection:
        pattern = f"bb\\_{installation.names.tag}\\_%"
        rows = await connection.fetch("SELECT rolname FROM pg_roles WHERE rolname LIKE $1", pattern)
        return {row[0] for row in rows}


async def works(installation: Installation, slug: str) -> bool:
    """Whether a district can be written to and read from."""
    async with sessions(installation.application, installation, installation.ring) as tenancy:
        district = tenancy.registry.get_live(slug)
        async with tenancy.write(district, nobody(district)) as work:
            work.announce("test.sign", "")
            await work.db.execute(ClosureRow.__table__.select())
        sql = f"SELECT count(*)::text FROM {district.schema}.area"
        return await tenancy.reader.district(slug, Wall.READ, sql, ()) == b"0"


def test_two_installations_with_the_same_district_live_side_by_side(apart: Apart, run: Run) -> None:
    one, other = apart.make("same-name", "left"), apart.make("same-name", "right")
    assert one.names.tag != other.names.tag
    assert run(roles_of(one)) & run(roles_of(other)) == set()
    kept = run(roles_of(other))
    run(one.drop_district("same-name"))
    assert run(roles_of(other)) == kept
    assert {role for role in run(roles_of(one)) if "same" in role} == set()
    assert run(works(other, "same-name"))
    assert run(works(one, "left"))
    with pytest.raises(DistrictUnknown):
        run(works(one, "same-name"))
    apart.add(one, "same-name")  # and again, from nothing
    assert run(works(one, "same-name"))


def test_one_installations_login_cannot_even_enter_the_others_database(apart: Apart, run: Run) -> None:
    one, other = apart.make(), apart.make()
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for database"):
        run(one.application.on(other.admin.database).connect())


def test_neither_can_become_a_role_of_the_other(apart: Apart, run: Run) -> None:
    one, other = apart.make("left"), apart.make("right")

    async def become() -> None:
        connection = await one.application.connect()
        try:
            await connection.execute(f'SET ROLE "{other.names.role("right", Wall.READ)}"')
        finally:
            await connection.close()

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        run(become())


def test_the_master_key_of_one_is_refused_by_the_other(apart: Apart, run: Run) -> None:
    foreign = KeyRing(MasterKey.fresh())
    one, other = apart.make(), apart.make(ring=foreign)
    for installation, wrong in ((one, foreign), (other, one.ring)):
        with pytest.raises(MasterKeyWrong):
            run(Installation.prepare(installation.admin, wrong))
        again = run(Installation.prepare(installation.admin, installation.ring))
        assert again.names == installation.names  # nor did the attempt change anything
    with pytest.raises(asyncpg.InvalidPasswordError):
        run(one.admin.as_user(one.names.application, foreign.app_password(one.names.tag)).connect())


def test_a_tag_is_decided_once(apart: Apart, run: Run) -> None:
    installation = apart.make("left")
    again = run(Installation.prepare(installation.admin, installation.ring, tag="another"))
    assert again.names == installation.names
    assert run(works(again, "left"))


def test_processes_that_start_together_prepare_one_installation(
    apart: Apart, ring: KeyRing, run: Run
) -> None:
    admin = apart.database()

    async def together() -> list[Installation]:
        return await asyncio.gather(*(Installation.prepare(admin, ring) for _ in range(4)))

    found = run(together())
    assert len({each.names.tag for each in found}) == 1
    run(_forget_roles(found[0]))


async def _forget_roles(installation: Installation) -> None:
    async with installation.connection() as connection:
        for role in await roles_of(installation):
            await connection.execute(f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')


def test_what_fails_while_a_district_is_made_leaves_nothing_of_it(apart: Apart, run: Run) -> None:
    installation = apart.make()

    async def make_in_the_way() -> None:
        async with installation.connection() as connection:
            await connection.execute("CREATE SCHEMA d_left; CREATE TABLE d_left.area (id int)")

    run(make_in_the_way())
    before = run(roles_of(installation))
    with pytest.raises(asyncpg.DuplicateSchemaError):
        apart.add(installation, "left")
    assert run(roles_of(installation)) == before
    with pytest.raises(DistrictUnknown):
        run(works(installation, "left"))


# ---------------------------------------------------------------------- Chinese


@pytest.mark.parametrize("locale", ["LC_COLLATE 'C' LC_CTYPE 'C'"])
def test_a_database_that_cannot_search_chinese_is_refused(
    apart: Apart, ring: KeyRing, locale: str, run: Run
) -> None:
    with pytest.raises(ChineseSearchBroken) as refused:
        run(Installation.prepare(apart.database(locale), ring))
    assert "C.UTF-8" in str(refused.value)


def test_a_chinese_word_is_found_inside_a_name_by_the_index(apart: Apart, run: Run) -> None:
    installation = apart.make("left")

    async def go() -> tuple[list[str], str, str]:
        async with installation.connection() as connection:
            await connection.execute(
                "INSERT INTO d_left.area (id, key, name, full_name, level, kind, path, position, provenance)"
                " SELECT gen_random_uuid(), n::text, CASE n WHEN 7 THEN '高青街道办事处' ELSE '第' || n || '村' END,"
                " '', 'COUNTY', 'COUNTY', replace(gen_random_uuid()::text, '-', '')::ext.ltree, n, 'sample'"
                " FROM generate_series(1, 500) n"
            )
            await connection.execute("SET enable_seqscan = off")
            search = "FROM d_left.area WHERE name LIKE '%街道办%'"
            found = [row[0] for row in await connection.fetch(f"SELECT name {search}")]
            plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN SELECT name {search}"))
            locale = await connection.fetchval(
                "SELECT datctype FROM pg_database WHERE datname = current_database()"
            )
            return found, plan, locale

    found, plan, locale = run(go())
    assert found == ["高青街道办事处"]
    assert "area_name_idx" in plan
    assert locale == "C.UTF-8"
