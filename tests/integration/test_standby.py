"""A real hot standby beside a real primary: who reads there, that the wall stands there too, and what happens
when the standby is behind or away."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.conftest import LIKE, small_district

from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.database.embedded import EmbeddedPostgres, temporary_postgres
from bangban.kernel.database.embedded_install import wheel_install
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.graphql.context import Context
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.keyring import KeyRing, MasterKey

Run = Callable[[Any], Any]
QUICK = {"fsync": "off", "max_wal_senders": "4"}
# Which server answered, beside something of the district's own.
WHERE = "SELECT json_build_object('standby', pg_is_in_recovery(), 'entries', count(*)) FROM {}.audit_entry"


@dataclass
class Pair:
    """Both servers, and an installation on them."""

    primary: EmbeddedPostgres
    standby: EmbeddedPostgres
    installation: Installation
    tenancy: Tenancy
    near: District
    far: District

    async def caught_up(self) -> None:
        """Until the standby has replayed what the primary has written."""
        async with self.installation.connection() as connection:
            written = await connection.fetchval("SELECT pg_current_wal_flush_lsn()::text")
        reached = False
        while not reached:
            reached = await self.on_standby("SELECT pg_last_wal_replay_lsn() >= $1::text::pg_lsn", written)

    async def on_standby(self, statement: str, *arguments: object) -> Any:
        connection = await Endpoint.from_url(self.standby.url).connect()
        try:
            return await connection.fetchval(statement, *arguments)
        finally:
            await connection.close()

    async def read(self, slug: str, *, wall: Wall = Wall.READ, of: str | None = None) -> Any:
        sql = WHERE.format(self.installation.names.schema(of or slug))
        return json.loads(await self.tenancy.relaxed.district(slug, wall, sql, ()))

    async def write(self, district: District) -> None:
        async with self.tenancy.write(district, Principal.anonymous(district=district.slug)) as work:
            work.record(action="case:accept", object="case:1")


def follow(primary: EmbeddedPostgres, standby: EmbeddedPostgres) -> None:
    """Make ``standby``'s folder a copy of the primary that goes on following it."""
    standby.start()  # gives the folder its shape, owner and place
    standby.stop()
    cluster = standby._home.cluster
    owner = cluster.stat()
    for each in cluster.iterdir():
        shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
    copy = cluster.parent / "copy"
    program = wheel_install() / "bin" / "pg_basebackup"
    command = [program, "-D", copy, "-d", primary.url, "-R", "-X", "stream", "-c", "fast", "--no-sync"]
    subprocess.run(command, check=True, capture_output=True)
    for each in copy.iterdir():
        each.rename(cluster / each.name)
    copy.rmdir()
    for each in [cluster, *cluster.rglob("*")]:
        os.chown(each, owner.st_uid, owner.st_gid, follow_symlinks=False)
    shutil.copy(primary.folder / "password", standby.folder / "password")
    standby.start()


@pytest.fixture(scope="module")
def pair(run: Run) -> Iterator[Pair]:
    with (
        temporary_postgres(settings=QUICK) as primary,
        tempfile.TemporaryDirectory(prefix="bangban-standby-") as made,
    ):
        hba = primary._home.cluster / "pg_hba.conf"
        hba.write_text(f"{hba.read_text()}\nhost replication all 127.0.0.1/32 scram-sha-256\n")
        admin = Endpoint.from_url(primary.url)
        run(_execute(admin, "SELECT pg_reload_conf()"))
        run(_execute(admin, f"CREATE DATABASE beside {LIKE}"))
        installation = run(Installation.prepare(admin.on("beside"), KeyRing(MasterKey.fresh())))
        Path(made).chmod(0o711)
        standby = EmbeddedPostgres(Path(made) / "postgres", settings={**QUICK, "hot_standby": "on"})
        try:
            follow(primary, standby)
            tenancy = run(
                Tenancy.open(
                    installation.application,
                    names=installation.names,
                    ring=installation.ring,
                    standby=installation.application.at(f"127.0.0.1:{standby.port}"),
                )
            )
            near, far = (run(new_district_in(installation, tenancy, slug)) for slug in ("near", "far"))
            yield Pair(primary, standby, installation, tenancy, near, far)
            run(tenancy.close())
        finally:
            standby.stop()


async def new_district_in(installation: Installation, tenancy: Tenancy, slug: str) -> District:
    await installation.create_district(small_district(slug))
    await installation.set_status(slug, DistrictStatus.LIVE)
    await tenancy.registry.refresh(slug)
    return tenancy.registry.get(slug)


async def _execute(endpoint: Endpoint, statement: str) -> None:
    connection = await endpoint.connect()
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def test_relaxed_reads_are_answered_by_the_standby_and_others_by_the_primary(run: Run, pair: Pair) -> None:
    async def scene() -> None:
        await pair.write(pair.near)
        await pair.caught_up()
        assert await pair.read("near") == {"standby": True, "entries": 1}
        sql = WHERE.format("d_near")
        direct = await pair.tenancy.reader.district("near", Wall.READ, sql, ())
        assert json.loads(direct) == {"standby": False, "entries": 1}

    run(scene())


def test_the_wall_stands_on_the_standby_too(run: Run, pair: Pair) -> None:
    for wall in (Wall.READ, Wall.AUDIT):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            run(pair.read("near", wall=wall, of="far"))


def test_what_the_standby_has_not_heard_of_is_asked_of_the_primary(run: Run, pair: Pair) -> None:
    async def scene() -> None:
        await pair.caught_up()
        await pair.on_standby("SELECT pg_wal_replay_pause()")
        try:
            young = await new_district_in(pair.installation, pair.tenancy, "young")
            await pair.write(young)
            assert await pair.read("young") == {"standby": False, "entries": 1}
            await pair.write(pair.far)
            assert await pair.read("far") == {"standby": True, "entries": 0}  # a moment old, as was said
        finally:
            await pair.on_standby("SELECT pg_wal_replay_resume()")
        await pair.caught_up()
        assert await pair.read("far") == {"standby": True, "entries": 1}

    run(scene())


def test_auditors_read_there_and_whoever_says_so(pair: Pair) -> None:
    class Services:
        tenancy = pair.tenancy

    def reader_of(kind: PrincipalKind, **more: Any) -> object:
        principal = Principal(kind=kind, district="near")
        return Context(
            services=Services(),  # type: ignore[arg-type]  # a reader is all that is asked of it
            principal=principal,
            district=pair.near,
            request_id="-",
            language="zh-CN",
            **more,
        ).reader

    assert reader_of(PrincipalKind.AUDITOR) is pair.tenancy.relaxed
    assert reader_of(PrincipalKind.STAFF, relaxed=True) is pair.tenancy.relaxed
    assert reader_of(PrincipalKind.STAFF) is pair.tenancy.reader


def test_without_the_standby_the_primary_answers(run: Run, pair: Pair) -> None:
    """The last test of the pair: the standby is gone after it."""
    pair.standby.stop()
    assert run(pair.read("near"))["standby"] is False
