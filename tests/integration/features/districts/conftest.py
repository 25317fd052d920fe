"""An application to join, from its first word to the district that comes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from tests.integration.features.districts.applications import (
    NOW,
    TENANTS,
    Outbox,
    code_of,
    tasks_of,
    verified,
)

from bangban.features.districts.application_tasks import discarding, provisioning
from bangban.features.districts.applying import (
    Applied,
    apply_for_onboarding,
)
from bangban.features.districts.deciding import DISCARD, PROVISION
from bangban.features.districts.rules import Application, Terms
from bangban.features.districts.tables import OnboardingState
from bangban.features.districts.templates import templates_in
from bangban.kernel.jobs.runner import TaskRunner
from bangban.kernel.jobs.tables import TaskRow
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tenancy import Tenancy

Run = Callable[[Any], Any]


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def apply(tenancy: Tenancy, run: Run) -> Callable[..., Any]:
    def apply(wished: Application, now: datetime = NOW) -> Any:
        terms = Terms(address_daily=1000)
        return run(apply_for_onboarding(tenancy, wished, templates={"county"}, terms=terms, now=now))

    return apply


@pytest.fixture
def verify(tenancy: Tenancy, run: Run) -> Callable[..., Any]:
    def verify(applied: Applied, *, code: str | None = None, **how: Any) -> Any:
        return run(verified(tenancy, applied, code_of(applied.message) if code is None else code, **how))

    return verify


@pytest.fixture
def work_on(installation: Installation, tenancy: Tenancy, run: Run, outbox: Outbox) -> Callable[..., Any]:
    handlers = {
        PROVISION: provisioning(installation, tenancy, templates=templates_in(TENANTS), messenger=outbox),
        DISCARD: discarding(installation, tenancy),
    }
    runner = TaskRunner(tenancy, installation.application, handlers)

    def work_on(task: TaskRow, *, once: bool = False, tell: Any = None) -> Any:
        if not once:
            return run(runner.run_here(task.id, tell=tell))
        assert run(runner.run(task.id))
        (row,) = [each for each in run(tasks_of(tenancy, task.district or "")) if each.id == task.id]
        return row

    return work_on


@pytest.fixture
def joined(
    verify: Callable[..., Any], work_on: Callable[..., Any], tenancy: Tenancy, run: Run
) -> Callable[..., Any]:
    """Verifies an application, and does the task that follows: how it ended."""

    def joined(applied: Applied, **how: Any) -> Any:
        assert verify(applied).state is OnboardingState.PROVISIONING
        (task,) = run(tasks_of(tenancy, applied.row.slug))
        return work_on(task, **how)

    return joined
