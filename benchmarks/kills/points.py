"""Moments inside the steps of an onboarding at which something is killed. All of it is patched from outside."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest.mock import patch
from uuid import UUID

from asyncpg.transaction import Transaction

from bangban.features import all_tables  # noqa: F401 - the metadata must be whole
from bangban.features.districts import application_tasks
from bangban.features.districts.running import Step
from bangban.features.districts.service import APPLICATION_STEPS
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.jobs.runner import TaskRunner
from bangban.kernel.messenger.file_messenger import FileMessenger
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Names
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work
from bangban.kernel.vault.key_file import load_ring
from bangban.settings import Settings
from bangban.web.tasks import task_handlers

MOMENTS: Final = ("before", "inside", "after")
"""The step is marked as begun; its work is done and not committed; it is committed and not marked as done."""


class Point(NamedTuple):
    """Where something is killed."""

    step: str
    moment: str


POINTS: Final = tuple(Point(step, moment) for step in APPLICATION_STEPS for moment in MOMENTS)


@dataclass(frozen=True)
class Ground:
    """How a process finds the installation that it works in. Everything in it can be sent to another process."""

    url: str
    tag: str
    folder: Path
    tenants: Path

    @property
    def settings(self) -> Settings:
        """Settings of a worker here."""
        return Settings(var=self.folder, tenants=self.tenants)

    @property
    def installation(self) -> Installation:
        """The installation, prepared before."""
        ring = load_ring(file=self.settings.key_file)
        return Installation(admin=Endpoint.from_url(self.url), names=Names(self.tag), ring=ring)


async def work_on(ground: Ground, task_id: UUID) -> str:
    """Work on a task until it is over, as a worker of the product does; its state."""
    installation, settings = ground.installation, ground.settings
    tenancy = await Tenancy.open(installation.application, names=installation.names, ring=installation.ring)
    try:
        messenger = FileMessenger(settings.outbox_folder)
        handlers = task_handlers(installation, tenancy, messenger=messenger, settings=settings)
        ended = await TaskRunner(tenancy, installation.application, handlers).run_here(task_id)
        return ended.state.value
    finally:
        await tenancy.close()


def killed_worker(ground: Ground, task_id: UUID, point: Point) -> None:
    """The whole of a worker process that kills itself at the point."""
    with acting_at(point, lambda: os.kill(os.getpid(), signal.SIGKILL)):
        asyncio.run(work_on(ground, task_id))


def acting_at(point: Point, act: Callable[[], None]) -> Any:
    """Act once, when an onboarding in this process comes to the point."""
    return patch.object(
        application_tasks, "run_steps", _running(point, _once(act), application_tasks.run_steps)
    )


def _once(act: Callable[[], None]) -> Callable[[], None]:
    acted = False

    def first() -> None:
        nonlocal acted
        if not acted:
            acted = True
            act()

    return first


def _running(
    point: Point, act: Callable[[], None], real: Callable[..., Awaitable[None]]
) -> Callable[..., Awaitable[None]]:
    def hooked(step: Step) -> Step:
        async def do() -> int:
            if point.moment == "before":
                act()
            if point.moment == "inside":
                with _at_commit(act):
                    return await step.do()
            done = await step.do()
            if point.moment == "after":
                act()
            return done

        return replace(step, do=do) if step.name == point.step else step

    async def run_steps(tenancy: Tenancy, row: Any, steps: Sequence[Step], **how: Any) -> None:
        await real(tenancy, row, [hooked(step) for step in steps], **how)

    return run_steps


class _at_commit:  # noqa: N801 - used like a function
    """While it lasts, whatever is about to be committed in a district, or as administrator, meets ``act``."""

    def __init__(self, act: Callable[[], None]) -> None:
        finish, leave = Work.finish, Transaction.__aexit__

        async def finishing(work: Work) -> None:
            await finish(work)
            act()

        async def leaving(transaction: Transaction, kind: Any, error: Any, trace: Any) -> None:
            if kind is None:
                act()
            await leave(transaction, kind, error, trace)

        self._patches = [
            patch.object(Work, "finish", finishing),
            patch.object(Transaction, "__aexit__", leaving),
        ]

    def __enter__(self) -> None:
        for each in self._patches:
            each.start()

    def __exit__(self, *_: object) -> None:
        for each in self._patches:
            each.stop()
