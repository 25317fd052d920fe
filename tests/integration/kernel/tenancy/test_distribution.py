"""Districts on nodes of their own, as far as one PostgreSQL can show it: what Citus is asked, and when.

Citus's functions are played by recorders with the same names and parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from tests.conftest import small_district
from tests.integration.kernel.tenancy.apart import Apart
from tests.verifying import verify_district

from bangban.kernel.access.principals import Principal
from bangban.kernel.audit.sealing import seal_district
from bangban.kernel.problems import Conflict
from bangban.kernel.tenancy.distribution import (
    Node,
    NodeUnknown,
    NotDistributed,
    Place,
    move,
    nodes,
    place,
    places,
)
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.keyring import KeyRing

Run = Callable[[Any], Any]

CITUS = """
CREATE TABLE public.asked (what text, tables bigint, mode text, login boolean);
CREATE FUNCTION public.citus_schema_distribute(schemaname regnamespace) RETURNS void LANGUAGE sql AS $$
    INSERT INTO public.asked SELECT 'distribute ' || schemaname::text,
        (SELECT count(*) FROM pg_tables WHERE schemaname = $1::text),
        current_setting('citus.multi_shard_modify_mode', true),
        (SELECT bool_and(rolcanlogin) FROM pg_roles WHERE rolname LIKE '%' || $1::text || '\\_%') $$;
CREATE FUNCTION public.citus_schema_move(
    schema_id regnamespace, target_node_name text, target_node_port integer, shard_transfer_mode text DEFAULT 'auto'
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO public.asked SELECT format('move %s %s %s', schema_id, target_node_name, target_node_port) $$;
CREATE TABLE public.pg_dist_node (
    nodename text, nodeport integer, noderole text, isactive boolean, shouldhaveshards boolean);
INSERT INTO public.pg_dist_node VALUES
    ('worker-1', 5432, 'primary', true, true), ('worker-2', 5432, 'primary', true, true),
    ('coordinator', 5432, 'primary', true, false), ('worker-3', 5432, 'primary', false, true);
CREATE TABLE public.citus_schemas (schema_name regnamespace, colocation_id integer);
CREATE TABLE public.citus_shards (colocation_id integer, nodename text, nodeport integer, shard_size bigint);
"""


@pytest.fixture
def cluster(apart: Apart, run: Run, ring: KeyRing) -> Installation:
    """An installation of its own in which districts are distributed."""
    made = apart.make()

    async def set_up() -> Installation:
        async with made.connection() as connection:
            await connection.execute(CITUS)
        return await Installation.prepare(made.admin, ring, citus=True)

    installation: Installation = run(set_up())
    return installation


async def asked(installation: Installation) -> list[asyncpg.Record]:
    async with installation.connection() as connection:
        return list(await connection.fetch("SELECT * FROM public.asked"))


def test_a_new_district_is_distributed_with_all_its_tables_in_the_same_transaction(
    cluster: Installation, run: Run
) -> None:
    run(cluster.create_district(small_district("one-two")))
    (only,) = run(asked(cluster))
    assert only["what"] == "distribute d_one_two"
    assert only["tables"] > 20
    assert only["mode"] == "sequential"
    assert only["login"] is True


def test_where_citus_is_missing_nothing_of_the_district_is_left(
    apart: Apart, run: Run, ring: KeyRing
) -> None:
    made = apart.make()
    bare = run(Installation.prepare(made.admin, ring, citus=True))
    with pytest.raises(NotDistributed):
        run(bare.create_district(small_district("one")))

    async def left() -> Any:
        async with bare.connection() as connection:
            return await connection.fetchval(
                "SELECT (SELECT count(*) FROM platform.district) + (SELECT count(*) FROM pg_namespace"
                " WHERE nspname LIKE 'd\\_%') + (SELECT count(*) FROM pg_roles WHERE rolname = $1)",
                bare.names.role("one", Wall.READ),
            )

    assert run(left()) == 0


def test_the_applications_connections_between_nodes_are_bounded(cluster: Installation, run: Run) -> None:
    async def settings() -> Any:
        async with cluster.connection() as connection:
            return await connection.fetchval(
                "SELECT setconfig FROM pg_db_role_setting JOIN pg_roles r ON r.oid = setrole WHERE rolname = $1",
                cluster.names.application,
            )

    found = run(settings())
    assert "citus.max_cached_conns_per_worker=1" in found
    assert any(each.startswith("citus.max_cached_connection_lifetime=") for each in found)


def test_a_district_moves_to_a_node_that_takes_districts_and_to_no_other(
    cluster: Installation, run: Run
) -> None:
    run(cluster.create_district(small_district("one")))

    async def scene() -> None:
        async with cluster.connection() as connection:
            assert await nodes(connection) == [Node("worker-1", 5432), Node("worker-2", 5432)]
            await move(connection, "one", Node("worker-2", 5432))
            for other in (Node("worker-3", 5432), Node("coordinator", 5432), Node("worker-2", 5433)):
                with pytest.raises(NodeUnknown):
                    await move(connection, "one", other)

    run(scene())
    assert [each["what"] for each in run(asked(cluster))][1:] == ["move d_one worker-2 5432"]


def test_a_district_made_before_is_placed_with_roles_that_may_log_in_or_not_at_all(
    cluster: Installation, apart: Apart, run: Run
) -> None:
    before = apart.make("elsewhere")

    async def scene(installation: Installation, slug: str) -> Any:
        async with installation.connection() as connection:
            await place(connection, installation.names, slug)

    async def may_log_in(installation: Installation) -> Any:
        role = installation.names.role("elsewhere", Wall.READ)
        async with installation.connection() as connection:
            return await connection.fetchval("SELECT rolcanlogin FROM pg_roles WHERE rolname = $1", role)

    with pytest.raises(NotDistributed):
        run(scene(before, "elsewhere"))
    assert run(may_log_in(before)) is False

    plain = replace(cluster, citus=False)
    run(plain.create_district(small_district("made-before")))
    run(scene(cluster, "made-before"))
    (only,) = run(asked(cluster))
    assert (only["what"], only["mode"], only["login"]) == ("distribute d_made_before", "sequential", True)


@pytest.mark.parametrize("address", ["", "worker-1", "worker-1:", ":5432", "worker-1:x"])
def test_an_address_that_is_none_is_no_node(address: str) -> None:
    with pytest.raises(NodeUnknown):
        Node.of(address)


def test_places_are_listed_by_district(cluster: Installation, run: Run) -> None:
    run(cluster.create_district(small_district("one-two")))

    async def scene() -> list[Place]:
        async with cluster.connection() as connection:
            await connection.execute(
                "INSERT INTO public.citus_schemas VALUES ('d_one_two', 7);"
                "INSERT INTO public.citus_shards VALUES (7, 'worker-1', 5432, 100), (7, 'worker-1', 5432, 50)"
            )
            return await places(connection)

    assert run(scene()) == [Place("one-two", Node("worker-1", 5432), 150)]


def test_writes_that_end_apart_leave_a_trail_that_is_sealed_and_proved(
    cluster: Installation, run: Run
) -> None:
    async def scene() -> None:
        tenancy = await Tenancy.open(
            cluster.application, names=cluster.names, ring=cluster.ring, apart=cluster.citus
        )
        try:
            await cluster.create_district(small_district("one"))
            await cluster.set_status("one", DistrictStatus.LIVE)
            await tenancy.registry.refresh("one")
            district = tenancy.registry.get("one")
            for number in range(3):
                async with tenancy.write(district, Principal.anonymous(district="one")) as work:
                    work.record(action="case:accept", object=f"case:{number}")
                    work.announce("case.changed", str(number))
            await seal_district(tenancy, district)
            report = await verify_district(tenancy, district)
            assert (report.entries, report.findings) == (3, ())
            async with cluster.connection() as connection:
                told = await connection.fetch("SELECT kind, reference FROM platform.outbox ORDER BY id")
            assert [tuple(each) for each in told] == [("case.changed", str(each)) for each in range(3)]
        finally:
            await tenancy.close()

    run(scene())


def test_a_row_that_somebody_else_wrote_first_is_a_conflict_whatever_the_constraint_is_called(
    cluster: Installation, run: Run
) -> None:
    """On another node the constraint's name carries the shard's number; the SQLSTATE is the same."""

    async def scene() -> None:
        tenancy = await Tenancy.open(
            cluster.application, names=cluster.names, ring=cluster.ring, apart=cluster.citus
        )
        try:
            await cluster.create_district(small_district("one"))
            await tenancy.registry.refresh("one")
            district = tenancy.registry.get("one")
            async with cluster.connection() as connection:
                await connection.execute(
                    "ALTER TABLE d_one.closure RENAME CONSTRAINT closure_pkey TO closure_pkey_102067"
                )
            for _ in range(2):
                async with tenancy.write(district, Principal.anonymous(district="one")) as work:
                    await work.driver.execute(
                        "INSERT INTO d_one.closure (day, working, reason) VALUES ('2026-01-01', true, '')"
                    )
        finally:
            await tenancy.close()

    with pytest.raises(Conflict):
        run(scene())
