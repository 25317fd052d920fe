"""``bangban fleet``: where districts stand, what a run would do, and exit codes that scripts can rely on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import small_district
from tests.integration.cli.conftest import Command

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.vault.key_file import load_ring


@pytest.fixture(scope="module")
def districts(var: tuple[Path, str], run: Callable[[Any], Any]) -> tuple[str, ...]:
    """Two districts at the head."""
    folder, url = var

    async def make() -> None:
        ring = load_ring(line=None, file=folder / "keys" / "master.key")
        installation = await Installation.prepare(Endpoint.from_url(url), ring)
        for slug in ("first-one", "second-one"):
            await installation.create_district(small_district(slug))
            await installation.set_status(slug, DistrictStatus.LIVE)

    run(make())
    return "first-one", "second-one"


def test_status_counts_and_says_so_in_both_languages(command: Command, districts: tuple[str, ...]) -> None:
    english = command("fleet", "status", "--lang", "en")
    assert english.exit_code == 0, english.output
    assert "2 districts, 2 there, 0 behind, 0 failed" in english.output
    assert "共 2 个地区,最新 2" in command("fleet", "status", "--lang", "zh").output
    found = json.loads(command("fleet", "status", "--json").output)
    assert (found["districts"], found["current"], found["failures"]) == (len(districts), 2, [])


def test_a_plan_of_nothing_and_a_run_of_nothing(command: Command, districts: tuple[str, ...]) -> None:
    plan = json.loads(command("fleet", "plan", "--json").output)
    assert plan["districts"] == []
    assert plan["steps"] == []
    assert "0 districts to" in command("fleet", "plan", "--only", districts[0], "--lang", "en").output
    done = command("fleet", "migrate", "--json")
    assert done.exit_code == 0, done.output


def test_the_history_keeps_its_rules(command: Command) -> None:
    checked = command("fleet", "check", "--lang", "en")
    assert checked.exit_code == 0, checked.output
    assert "0 faults." in checked.output
    assert json.loads(command("fleet", "check", "--json").output) == []


def test_drift_is_found_in_the_district_that_has_it(
    command: Command, districts: tuple[str, ...], var: tuple[Path, str], run: Callable[[Any], Any]
) -> None:
    assert command("fleet", "drift", "--json").exit_code == 0

    async def execute(sql: str) -> None:
        connection = await Endpoint.from_url(var[1]).connect()
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    run(execute('ALTER TABLE "d_second_one".duty ADD COLUMN odd integer'))
    try:
        drifted = command("fleet", "drift", "--json")
        assert drifted.exit_code == 1, drifted.output
        assert "second-one" in drifted.output
        assert "odd" in drifted.output
        assert command("fleet", "drift", "--only", "first-one", "--json").exit_code == 0
    finally:
        run(execute('ALTER TABLE "d_second_one".duty DROP COLUMN odd'))


@pytest.mark.parametrize("words", [("pause",), ("resume",), ("migrate", "--only", "nowhere")])
def test_refusals_are_sentences(command: Command, districts: tuple[str, ...], words: tuple[str, ...]) -> None:
    refused = command("fleet", *words, "--lang", "en")
    assert refused.exit_code == 1, refused.output
    assert "Traceback" not in refused.output
    assert districts
