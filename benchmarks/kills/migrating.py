"""Moments in a fleet's migration at which something is killed, and a run in a process of its own that meets one."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from sqlalchemy import Connection, Engine, event, text

from bangban.features import all_tables  # noqa: F401 - the metadata must be whole
from bangban.kernel.database.embedded_server import Postmaster, wait_until
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.problems import Unavailable
from bangban.kernel.tenancy import migrations
from bangban.kernel.tenancy.fleet import running
from bangban.kernel.tenancy.fleet.outcome import Ended, Outcome, Pace
from bangban.kernel.tenancy.fleet.running import migrate
from bangban.kernel.tenancy.names import Names

OLD: Final = "0001"
HIT: Final = 3
"""Place of the district whose migration is hit. Two workers: another one is on its way as well."""
_COUNT: Final = text("INSERT INTO kills.migrated (schema, revision) VALUES (:schema, :revision)")
_PACE: Final = Pace(workers=2)


class Moment(NamedTuple):
    """Where in a district's migration something is killed."""

    step: str
    moment: str


BEFORE: Final = Moment("transaction", "before")
COMMIT: Final = Moment("commit", "before")
AFTER: Final = Moment("commit", "after")


def moments() -> tuple[Moment, ...]:
    """All of them, in the order in which a migration comes to them."""
    inside = (Moment(f"migration {revision}", "after") for revision in migrations.pending(OLD))
    return (BEFORE, *inside, COMMIT, AFTER)


@dataclass(frozen=True)
class Fleet:
    """Where a run finds its districts. Everything in it can be sent to another process."""

    admin: Endpoint
    tag: str
    cluster: Path
    slugs: tuple[str, ...]

    @property
    def names(self) -> Names:
        """Of the installation's schemas and roles."""
        return Names(self.tag)


async def run_over(fleet: Fleet) -> Outcome:
    """Migrate as the product does, each migration counted by a row that its own transaction writes."""
    with _counted(fleet, lambda _: None):
        return await migrate(fleet.admin, fleet.names, pace=_PACE)


def killed_run(fleet: Fleet, moment: Moment) -> None:
    """The whole of a process that migrates until, at the moment, it kills itself."""
    asyncio.run(_acting(fleet, moment, lambda: os.kill(os.getpid(), signal.SIGKILL)))


async def server_lost(fleet: Fleet, moment: Moment) -> bool:
    """Whether a run finds the database away that dies under it at the moment."""
    try:
        await _acting(fleet, moment, lambda: kill_server(fleet.cluster))
    except Unavailable:
        return True
    return False


async def _acting(fleet: Fleet, moment: Moment, act: Callable[[], None]) -> None:
    acted = False

    def met(here: Moment) -> None:
        nonlocal acted
        if here == moment and not acted:
            acted = True
            act()

    with _counted(fleet, met):
        await migrate(fleet.admin, fleet.names, pace=_PACE)


def kill_server(cluster: Path) -> None:
    """PostgreSQL loses power, as far as it can tell; returns when nothing of it is left."""
    found = Postmaster.find(cluster)
    assert found is not None
    os.kill(found.pid, signal.SIGQUIT)
    assert wait_until(lambda: Postmaster.find(cluster) is None, seconds=20)


@contextmanager
def _counted(fleet: Fleet, met: Callable[[Moment], None]) -> Iterator[None]:
    """While it lasts, migrations are counted, and ``met`` is told where the district that is to be hit has come."""
    target = fleet.slugs[HIT]
    schema_hit = fleet.names.schema(target)
    run_class: Any = running._Run  # noqa: SLF001 - patched from outside: the product has no place for killers
    upgrade, move = migrations._upgrade, run_class._move  # noqa: SLF001 - the same

    def upgrading(sync: Connection, *, revisions: list[str], schema: str) -> None:
        sync.info["schema"] = schema
        for revision in revisions:
            upgrade(sync, revisions=[revision], schema=schema)
            sync.execute(_COUNT, {"schema": schema, "revision": revision})
            if schema == schema_hit:
                met(Moment(f"migration {revision}", "after"))

    async def moving(run: Any, connection: Any, slug: str) -> Ended:
        if slug == target:
            met(BEFORE)
        ended = await move(run, connection, slug)
        if slug == target:
            met(AFTER)
        return ended

    def committing(sync: Connection) -> None:
        if sync.info.get("schema") == schema_hit:
            met(COMMIT)

    event.listen(Engine, "commit", committing)
    try:
        with (
            patch.object(migrations, "_upgrade", upgrading),
            patch.object(run_class, "_move", moving),
        ):
            yield
    finally:
        event.remove(Engine, "commit", committing)
