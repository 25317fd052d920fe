"""Whoever keeps the fleet, and tasks to look at."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete
from tests.api.casework import Run
from tests.api.clients import PASSWORD, Client
from tests.passwords import set_operator_password

from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.fleet.values import DRIFT, MIGRATE
from bangban.kernel.jobs.tables import TaskRow, TaskState
from bangban.kernel.jobs.tasks import ask
from bangban.web.services import AppServices

LOGIN = "fleet-keeper"


def keeper(api: Client, services: AppServices, run: Run) -> Client:
    """A system operator, signed in."""

    async def hire() -> None:
        async with services.tenancy.platform() as db:
            passwords = Passwords(cost=Cost(1, 8, 1))
            await set_operator_password(
                db, passwords=passwords, login=LOGIN, name="样本运维", password=PASSWORD
            )

    run(hire())
    sign_in = "mutation($i: SignInInput!) { signIn(input: $i) { accessToken } }"
    token = api(sign_in, i={"login": LOGIN, "password": PASSWORD}).data["signIn"]["accessToken"]
    return api.as_(Authorization=f"Bearer {token}")


def task_of(
    services: AppServices,
    run: Run,
    district: str | None,
    *,
    asked_by: str = "staff:1",
    state: TaskState = TaskState.WAITING,
    kind: str = "sample.work",
) -> str:
    """A task that nobody works on."""

    async def make() -> str:
        async with services.tenancy.platform() as db:
            task_id = await ask(
                db,
                services.tenancy.names,
                kind=kind,
                given={},
                actor=asked_by,
                now=datetime.now(UTC),
                district=district,
            )
            (await db.get_one(TaskRow, task_id)).state = state
            return str(task_id)

    made: str = run(make())
    return made


def without_runs(services: AppServices, run: Run) -> None:
    """No run over the fleet is open."""

    async def clear() -> Any:
        async with services.tenancy.platform() as db:
            await db.execute(delete(TaskRow).where(TaskRow.kind.in_([MIGRATE, DRIFT])))

    run(clear())
