"""``bangban onboarding``: applications are decided at a terminal, followed until the district is there, and retried."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update
from tests.conftest import Run
from tests.integration.cli.conftest import Command

from bangban.features.districts.applying import apply_for_onboarding
from bangban.features.districts.deciding import approve_in
from bangban.features.districts.rules import Application
from bangban.features.districts.tables import OnboardingRow, OnboardingState
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.key_file import load_ring

Inside = Callable[[Callable[[Tenancy], Awaitable[Any]]], Any]


@pytest.fixture(scope="module")
def inside(var: tuple[Path, str], run: Run[Any]) -> Inside:
    """Whatever is done in the installation beside the commands."""
    folder, url = var

    async def doing(do: Callable[[Tenancy], Awaitable[Any]]) -> Any:
        ring = load_ring(line=None, file=folder / "keys" / "master.key")
        installation = await Installation.prepare(Endpoint.from_url(url), ring)
        tenancy = await Tenancy.open(installation.application, names=installation.names, ring=ring)
        try:
            return await do(tenancy)
        finally:
            await tenancy.close()

    return lambda do: run(doing(do))


def applied(inside: Inside, n: int, *, state: OnboardingState, approved: bool = False) -> tuple[str, str]:
    """An application in a state: its id and its slug. ``approved``: its task waits, and nobody does it."""
    slug = f"cli-{uuid4().hex[:8]}"

    async def apply(tenancy: Tenancy) -> UUID:
        taken = await apply_for_onboarding(
            tenancy,
            Application(
                slug=slug,
                name="样本县",
                division_code="370100",
                contact_name="样本人",
                contact_phone=sample_phone(700 + n),
                contact_email="someone@example.test",
                admin_login="admin",
            ),
            templates={"county"},
        )
        async with tenancy.platform() as db:
            await db.execute(
                update(OnboardingRow).where(OnboardingRow.id == taken.row.id).values(state=state)
            )
        if approved:
            async with tenancy.platform() as db:
                await approve_in(db, tenancy, taken.row.id, actor="system", now=datetime.now(UTC))
        return taken.row.id

    return str(inside(apply)), slug


def test_following_takes_up_what_nobody_does(command: Command, inside: Inside) -> None:
    onboarding, slug = applied(inside, 1, state=OnboardingState.VERIFIED, approved=True)
    followed = command("onboarding", "follow", onboarding, "--lang", "en")
    assert followed.exit_code == 0, followed.output
    assert f"{slug}: being configured" in followed.output
    # Once it is there, there is nothing to take up any more.
    again = command("onboarding", "follow", onboarding, "--lang", "zh")
    assert again.exit_code == 0
    assert f"{slug}: 配置中" in again.output


def test_what_failed_goes_on_when_it_is_told_to(command: Command, inside: Inside) -> None:
    onboarding, slug = applied(inside, 2, state=OnboardingState.FAILED)
    listed = command("onboarding", "list", "--all", "--lang", "en")
    assert onboarding in listed.output
    retried = command("onboarding", "retry", onboarding, "--lang", "en")
    assert retried.exit_code == 0, retried.output
    assert f"{slug}: being configured" in retried.output
    refused = command("onboarding", "retry", onboarding, "--lang", "en")
    assert refused.exit_code == 1
    assert "Traceback" not in refused.output


def test_a_retry_that_fails_again_says_why_and_how_to_go_on(
    command: Command, inside: Inside, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    onboarding, slug = applied(inside, 3, state=OnboardingState.FAILED)
    monkeypatch.setenv("BANGBAN_TENANTS", str(tmp_path))  # the template that it was to be made from is gone
    failed = command("onboarding", "retry", onboarding, "--lang", "en")
    assert failed.exit_code == 1
    assert f"{slug}: not done; bangban onboarding retry goes on." in failed.output


def test_deciding_at_a_terminal(command: Command, inside: Inside) -> None:
    wanted, slug = applied(inside, 4, state=OnboardingState.VERIFIED)
    approved = command("onboarding", "approve", wanted, "--lang", "en")
    assert approved.exit_code == 0, approved.output
    assert f"{slug}: being configured" in approved.output
    unwanted, _ = applied(inside, 5, state=OnboardingState.VERIFIED)
    assert "Rejected." in command("onboarding", "reject", unwanted, "样本理由", "--lang", "en").output
    listed = command("onboarding", "list", "--lang", "en").output
    assert unwanted not in listed


@pytest.mark.parametrize("name", ["follow", "retry", "approve"])
def test_what_nobody_applied_for_is_refused_in_a_sentence(command: Command, name: str) -> None:
    refused = command("onboarding", name, new_id(), "--lang", "en")
    assert refused.exit_code == 1
    assert "Traceback" not in refused.output
    assert refused.output.strip()
