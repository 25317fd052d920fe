"""A profile becomes a live district; again it changes nothing; after a failure it resumes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.integration.features.districts.profile_files import write

from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.service import current_item
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.districts.onboarding import Onboarded, onboard
from bangban.features.districts.own_rules import HASH, LINES, profile_digest
from bangban.features.districts.platform import platform_work
from bangban.features.districts.service import STEPS, list_onboardings, steps_of
from bangban.features.districts.tables import OnboardingState, StepState
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow, TeamRow
from bangban.features.profiles.faults import ProfileFaulty
from bangban.features.profiles.reader import read_profile
from bangban.kernel.access.lines import PolicyLine
from bangban.kernel.access.problems import PolicyFaulty
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tables import DistrictStatus, PolicyLineRow, ProfileRow
from bangban.kernel.tenancy.tenancy import Tenancy

Run = Callable[[Any], Any]
TENANTS = Path(__file__).parents[4] / "tenants"


@pytest.fixture(scope="module")
def tenants(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tenants")
    shutil.copytree(TENANTS / "template", folder / "template")
    return folder


@pytest.fixture
def take(installation: Installation, tenancy: Tenancy, run: Run) -> Callable[..., Onboarded]:
    def take(folder: Path, **how: Any) -> Onboarded:
        outcome: Onboarded = run(onboard(installation, tenancy, read_profile(folder), **how))
        return outcome

    return take


def rows(tenancy: Tenancy, run: Run, slug: str, query: Any) -> Any:
    async def body() -> Any:
        async with platform_work(tenancy, tenancy.registry.get(slug)) as work:
            return (await work.db.execute(query)).all()

    return run(body())


def test_a_profile_becomes_a_live_district(
    tenants: Path, take: Callable[..., Onboarded], tenancy: Tenancy, run: Run
) -> None:
    told: list[tuple[str, int, int]] = []
    outcome = take(write(tenants, "sample-one"), progress=lambda *step: told.append(step))
    district = tenancy.registry.get_live("sample-one")
    assert (district.name, district.brand, district.division_code) == ("样例市", "样例帮", "999999")
    assert not outcome.unchanged
    steps = run(steps_of(tenancy, outcome.id))
    assert tuple(step.name for step in steps) == STEPS
    assert {step.state for step in steps} == {StepState.DONE}
    assert [(step.done, step.total) for step in steps][1] == (4, 4)
    assert ("areas", 0, 4) in told
    assert ("areas", 4, 4) in told
    states = {row.id: row.state for row in run(list_onboardings(tenancy))}
    assert states[outcome.id] is OnboardingState.LIVE
    (profile,) = rows(tenancy, run, "sample-one", select(ProfileRow.number_prefix, ProfileRow.settings))
    assert profile.number_prefix == "YL"
    assert profile.settings[HASH] == profile_digest(read_profile(tenants / "sample-one"))
    assert profile.settings["name_en"] == "Sample City"
    assert [mode["mode"] for mode in profile.settings["modes"]]


def test_people_hold_what_the_profile_says(
    tenants: Path, take: Callable[..., Onboarded], tenancy: Tenancy, run: Run
) -> None:
    take(write(tenants, "sample-one"))
    staff = {row.key: row for row in rows(tenancy, run, "sample-one", select(StaffRow.__table__))}
    assert staff["admin"].login == "admin"
    assert staff["helper-001"].login is None
    assert not staff["gone"].active
    (ended,) = rows(
        tenancy,
        run,
        "sample-one",
        select(AssignmentRow.until)
        .join(StaffRow, StaffRow.id == AssignmentRow.staff_id)
        .where(StaffRow.key == "gone"),
    )
    assert str(ended.until) == "2024-03-01"  # the last day on, in the profile as in the row

    async def heads() -> tuple[int, int]:
        async with platform_work(tenancy, tenancy.registry.get("sample-one")) as work:
            centre = select(TeamRow.id).where(TeamRow.key == "centre").scalar_subquery()
            terms = (
                await work.db.scalars(select(TeamMemberRow).where(TeamMemberRow.team_id == centre))
            ).all()
            day, next_day = (
                sum(each.since <= on and (each.until is None or on <= each.until) for each in terms)
                for on in (date(2024, 3, 1), date(2024, 3, 2))
            )
            return day, next_day

    assert run(heads()) == (5, 4)


def test_the_same_profile_again_is_done_at_once(
    tenants: Path, take: Callable[..., Onboarded], tenancy: Tenancy, run: Run
) -> None:
    first = take(write(tenants, "sample-one"))
    entries = rows(tenancy, run, "sample-one", select(func.count()).select_from(AuditEntryRow))
    again = take(tenants / "sample-one")
    assert again.unchanged
    assert again.id == first.id
    assert rows(tenancy, run, "sample-one", select(func.count()).select_from(AuditEntryRow)) == entries


def test_a_changed_profile_is_taken_over_and_cases_would_keep_their_version(
    tenants: Path, take: Callable[..., Onboarded], tenancy: Tenancy, run: Run
) -> None:
    folder = write(tenants, "sample-two", policy__csv="p, helper, COUNTY, case, accept, deny\n")
    take(folder)
    codes = [code for (code,) in rows(tenancy, run, "sample-two", select(ServiceItemRow.code))]
    areas = (folder / "areas.csv").read_text().replace("乙镇", "丁镇")
    write(
        tenants,
        "sample-two",
        areas__csv=areas,
        policy__csv="p, helper, COUNTY, case, complete, deny\n",
        services__yaml=(
            f"effective_from: 2024-01-01\nwithout: ['{codes[1]}']\n"
            f"overrides:\n  '{codes[0]}':\n    department: 样例局\n"
        ),
        district__yaml=(folder / "district.yaml").read_text().replace("样例帮", "新帮"),
    )
    outcome = take(folder)
    assert not outcome.unchanged
    assert tenancy.registry.get_live("sample-two").brand == "新帮"
    names = {row.name for row in rows(tenancy, run, "sample-two", select(AreaRow.name))}
    assert "丁镇" in names
    assert "乙镇" not in names
    lines = rows(tenancy, run, "sample-two", select(PolicyLineRow.action))
    assert [line.action for line in lines] == ["complete"]

    async def versions() -> Any:
        async with platform_work(tenancy, tenancy.registry.get("sample-two")) as work:
            of_first = (
                await work.db.execute(
                    select(ServiceItemRow.version, ServiceItemRow.effective_from, ServiceItemRow.effective_to)
                    .where(ServiceItemRow.code == codes[0])
                    .order_by(ServiceItemRow.version)
                )
            ).all()
            today = work.today
            now = await current_item(work.db, codes[0], today)
            withdrawn = await work.db.scalar(
                select(ServiceItemRow.effective_to).where(ServiceItemRow.code == codes[1])
            )
            return of_first, today, now.department, now.origin, withdrawn

    of_first, today, department, origin, withdrawn = run(versions())
    assert [row.version for row in of_first] == [1, 2]
    assert of_first[0].effective_to == of_first[1].effective_from == today
    assert (department, origin, withdrawn) == ("样例局", "adapted", today)
    (profile,) = rows(tenancy, run, "sample-two", select(ProfileRow.settings))
    assert profile.settings[LINES] == [["helper", "COUNTY", "case", "complete", "deny"]]


def test_a_failure_is_told_and_the_next_run_resumes(
    tenants: Path, take: Callable[..., Onboarded], installation: Installation, tenancy: Tenancy, run: Run
) -> None:
    """A line that takes the administrator's own rights away is refused with its file, and where it is compiled too."""
    folder = write(tenants, "sample-three", policy__csv="p, admin, COUNTY, policy, *, deny\n")
    with pytest.raises(ProfileFaulty):
        take(folder)
    (folder / "policy.csv").unlink()
    unread = replace(read_profile(folder), policy=(PolicyLine("admin", "COUNTY", "policy", "*", "deny"),))
    with pytest.raises(PolicyFaulty):
        run(onboard(installation, tenancy, unread))
    (row,) = [each for each in run(list_onboardings(tenancy)) if each.slug == "sample-three"]
    steps = {step.name: step for step in run(steps_of(tenancy, row.id))}
    assert row.state is OnboardingState.FAILED
    assert steps["people"].state is StepState.DONE
    assert steps["policy"].state is StepState.FAILED
    zh, en = steps["policy"].problem.split("\n")
    assert "权限规则有误" in zh
    assert "policy is faulty" in en
    assert steps["profile"].state is StepState.WAITING
    assert tenancy.registry.get("sample-three").status is DistrictStatus.PROVISIONING
    outcome = take(folder)
    assert outcome.id == row.id
    steps = {step.name: step for step in run(steps_of(tenancy, row.id))}
    assert {step.state for step in steps.values()} == {StepState.DONE}
    assert steps["policy"].problem is None
    assert tenancy.registry.get_live("sample-three")


def test_a_suspended_district_stays_suspended(
    tenants: Path, take: Callable[..., Onboarded], installation: Installation, tenancy: Tenancy, run: Run
) -> None:
    folder = write(tenants, "sample-one")
    take(folder)
    run(installation.set_status("sample-one", DistrictStatus.SUSPENDED))
    (folder / "district.yaml").write_text((folder / "district.yaml").read_text().replace("样例帮", "又一帮"))
    assert not take(folder).unchanged
    assert tenancy.registry.get("sample-one").status is DistrictStatus.SUSPENDED
    run(installation.set_status("sample-one", DistrictStatus.LIVE))
    run(tenancy.registry.refresh("sample-one"))


def test_the_trail_says_that_the_platform_did_it(
    tenants: Path, take: Callable[..., Onboarded], tenancy: Tenancy, run: Run
) -> None:
    take(write(tenants, "sample-one"))
    actors = {row.actor for row in rows(tenancy, run, "sample-one", select(AuditEntryRow.actor))}
    assert actors == {"operator:00000000-0000-0000-0000-000000000000"}


def test_a_large_district_comes_whole_and_is_found_unchanged_at_once(
    take: Callable[..., Onboarded], tenancy: Tenancy, run: Run
) -> None:
    take(TENANTS / "zouping")
    assert take(TENANTS / "zouping").unchanged
    counted = rows(
        tenancy,
        run,
        "zouping",
        select(
            select(func.count()).select_from(StaffRow).scalar_subquery(),
            select(func.count()).select_from(TeamRow).where(TeamRow.kind != "CENTRE").scalar_subquery(),
        ),
    )
    assert counted[0][1] == 40
    assert counted[0][0] >= 1210
