"""The platform's own trail: append-only by privilege, sealed with the same chain, and nothing changed goes unseen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from tests.verifying import verify_platform

from bangban.kernel.access.principals import Principal
from bangban.kernel.audit.checkpoint import CheckpointOfAnother, checkpoint_of, take_checkpoint
from bangban.kernel.audit.findings import FindingKind, Report
from bangban.kernel.audit.platform import PLATFORM_TRAIL, record_platform
from bangban.kernel.audit.sealing import seal_district, seal_platform
from bangban.kernel.audit.trails import platform_trail
from bangban.kernel.jobs.listener import Listener
from bangban.kernel.jobs.worker import Sealer, Worker
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Wall, quoted
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy

Run = Callable[..., Any]


class Hand:
    """Writes, seals and verifies as the product does; and meddles as only a superuser can."""

    def __init__(self, tenancy: Tenancy, installation: Installation) -> None:
        self.tenancy = tenancy
        self.installation = installation

    async def record(self, *objects: str, now: datetime | None = None) -> None:
        """One transaction with an entry for each object."""
        async with self.tenancy.platform() as db:
            for each in objects:
                await record_platform(
                    db,
                    actor="operator:1",
                    action="district:manage",
                    object=each,
                    details={"reason": "样本"},
                    now=now or datetime.now(UTC),
                )

    async def meddle(self, *statements: str) -> None:
        """What no role of ours may do."""
        async with self.installation.connection() as connection, connection.transaction():
            for statement in statements:
                await connection.execute(statement)

    async def verify(self, **options: Any) -> Report:
        return await verify_platform(self.tenancy, **options)

    def kinds(self, report: Report) -> list[FindingKind]:
        return [finding.kind for finding in report.findings]


@pytest.fixture
def hand(tenancy: Tenancy, installation: Installation, run: Run) -> Hand:
    """An empty trail: what other tests of this worker left is taken away, as only a superuser could."""
    found = Hand(tenancy, installation)
    run(found.meddle("TRUNCATE platform.audit_entry RESTART IDENTITY", "TRUNCATE platform.audit_seal"))
    return found


@asynccontextmanager
async def _as(installation: Installation, role: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await installation.application.connect()
    try:
        await connection.execute(f"SET ROLE {quoted(role)}")
        yield connection
    finally:
        await connection.close()


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal"])
@pytest.mark.parametrize("wall", [Wall.WRITE, Wall.READ])
@pytest.mark.parametrize(
    "statement", ["UPDATE platform.{0} SET {1}", "DELETE FROM platform.{0}", "TRUNCATE platform.{0}"]
)
def test_postgresql_itself_refuses_to_change_what_was_recorded(
    hand: Hand, run: Run, table: str, wall: Wall, statement: str
) -> None:
    value = {"audit_entry": "actor = 'nobody'", "audit_seal": "entries = 0"}[table]

    async def attempt() -> None:
        await hand.record("district:one")
        await seal_platform(hand.tenancy)
        async with _as(hand.installation, hand.installation.names.platform_role(wall)) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement.format(table, value))

    run(attempt())
    assert run(hand.verify()).sound


def test_no_district_reads_or_writes_the_platforms_trail(hand: Hand, run: Run, district: District) -> None:
    async def attempt(wall: Wall, sql: str) -> None:
        async with _as(hand.installation, hand.installation.names.role(district.slug, wall)) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(sql)

    for wall in Wall:
        run(attempt(wall, "SELECT 1 FROM platform.audit_entry"))
        run(attempt(wall, "INSERT INTO platform.audit_entry DEFAULT VALUES"))
        run(attempt(wall, "INSERT INTO platform.audit_seal DEFAULT VALUES"))


def test_what_is_recorded_is_sealed_and_verifies(hand: Hand, run: Run) -> None:
    async def go() -> tuple[Report, Report]:
        await hand.record("district:one", "district:two", "district:three")
        sealed = await seal_platform(hand.tenancy, batch=2)
        assert (sealed.seals, sealed.entries, sealed.settled) == (2, 3, True)
        again = await seal_platform(hand.tenancy)
        assert again.seals == 0
        before = await hand.verify()
        await hand.record("district:four")
        return before, await hand.verify()

    before, after = run(go())
    assert before.sound
    assert (before.district, before.seals, before.entries, before.tail_entries) == (PLATFORM_TRAIL, 2, 3, 0)
    assert after.sound
    assert after.tail_entries == 1


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE platform.audit_entry SET actor = 'operator:2' WHERE seq = 2", FindingKind.CHANGED),
        ("UPDATE platform.audit_entry SET details = '{}' WHERE seq = 1", FindingKind.CHANGED),
        (
            "UPDATE platform.audit_entry SET at = at + interval '1 microsecond' WHERE seq = 3",
            FindingKind.CHANGED,
        ),
        ("UPDATE platform.audit_entry SET request_id = NULL WHERE seq = 3", FindingKind.CHANGED),
        ("DELETE FROM platform.audit_entry WHERE seq = 2", FindingKind.MISSING),
        (
            (
                "INSERT INTO platform.audit_entry (seq, id, at, actor, action, object, details) OVERRIDING SYSTEM VALUE"
                " SELECT -5, gen_random_uuid(), at, actor, action, object, details FROM platform.audit_entry LIMIT 1"
            ),
            FindingKind.INSERTED,
        ),
        ("UPDATE platform.audit_seal SET digest = sha256('x') WHERE number = 1", FindingKind.SEAL_CHANGED),
        ("DELETE FROM platform.audit_seal WHERE number = 1", FindingKind.SEAL_MISSING),
    ],
)
def test_whatever_a_superuser_changes_is_found(
    hand: Hand, run: Run, statement: str, kind: FindingKind
) -> None:
    async def go() -> Report:
        for name in ("one", "two", "three", "four"):
            await hand.record(f"district:{name}")
            await seal_platform(hand.tenancy)
        await hand.meddle(statement)
        return await hand.verify()

    assert kind in hand.kinds(run(go()))


def test_a_history_that_was_rewritten_whole_is_not_the_checkpoints(
    hand: Hand, run: Run, district: District
) -> None:
    async def go() -> None:
        await hand.record("district:one", "district:two")
        await seal_platform(hand.tenancy)
        checkpoint = await checkpoint_of(platform_trail(hand.tenancy))
        assert (await hand.verify(checkpoint=checkpoint)).sound
        await hand.meddle(
            "UPDATE platform.audit_entry SET actor = 'operator:9'", "TRUNCATE platform.audit_seal"
        )
        await seal_platform(hand.tenancy)
        assert (await hand.verify()).sound  # the chain agrees with itself
        found = await hand.verify(checkpoint=checkpoint)
        assert hand.kinds(found) == [FindingKind.REWRITTEN]
        # A district's checkpoint is not the platform's, nor the other way round.
        async with hand.tenancy.write(district, Principal.anonymous(district=district.slug)) as work:
            work.record(action="system:test", object="sample")
        await seal_district(hand.tenancy, district)
        with pytest.raises(CheckpointOfAnother):
            await hand.verify(checkpoint=await take_checkpoint(hand.tenancy, district))

    run(go())


def test_an_entry_that_nobody_sealed_is_a_finding_after_a_while(hand: Hand, run: Run) -> None:
    run(hand.record("district:one", now=datetime.now(UTC) - timedelta(minutes=11)))
    assert hand.kinds(run(hand.verify())) == [FindingKind.UNSEALED]


def test_a_number_that_is_still_on_its_way_holds_the_seal_back(hand: Hand, run: Run) -> None:
    """Or the seal would later seem forged: the lower number commits after the higher one was sealed."""

    async def go() -> None:
        async with hand.tenancy.platform() as slow:
            await record_platform(
                slow, actor="system", action="task:x", object="task:1", now=datetime.now(UTC)
            )
            await hand.record("district:quick")
            assert not (await seal_platform(hand.tenancy, patience_ms=1)).settled
        assert (await seal_platform(hand.tenancy)).entries == 2
        assert (await hand.verify()).sound

    run(go())


def test_the_worker_seals_soon_after_an_entry_was_announced(
    hand: Hand, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is there at the start is not what is tried here: other tests leave many districts to be sealed.
    monkeypatch.setattr(Sealer, "notice_all", lambda _: None)

    async def go() -> None:
        listener = Listener(hand.installation.application, hand.installation.names.channel)
        await listener.start()
        worker = Worker(hand.tenancy, listener, {}, seal_every=0.01)
        await worker.start()
        try:
            await hand.record("district:one")
            async with asyncio.timeout(60):
                await _until_sealed(hand)
        finally:
            await worker.stop()
            await listener.stop()
        assert (await hand.verify()).sound

    run(go())


async def _until_sealed(hand: Hand) -> None:
    """Ask until the one entry is sealed; the caller's time limit ends it otherwise."""
    while True:
        report = await hand.verify()
        if report.entries == 1:
            return
