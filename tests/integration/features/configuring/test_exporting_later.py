"""What is published for a later day is left out of an export and said; what holds today is in it and onboards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import or_, select
from tests.conftest import Run, fresh_database, opened

from bangban.features.bundles.drafts import BundleDraft
from bangban.features.bundles.service import publish_bundles
from bangban.features.bundles.tables import BundleRow
from bangban.features.catalog.service.publishing import publish_items
from bangban.features.catalog.tables import DelegationRow, ServiceItemRow
from bangban.features.configuring.exporting import Exported, export_profile
from bangban.features.districts.onboarding import onboard
from bangban.features.districts.platform import platform_work
from bangban.features.guidance.questions import Answer, GuidanceDraft, Node, Words
from bangban.features.guidance.service import publish_guidance
from bangban.features.guidance.tables import GuidanceRow
from bangban.features.profiles.reader import check_profile, read_profile, read_template
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.problems import Problem
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.keyring import KeyRing, MasterKey

TENANTS = Path(__file__).resolve().parents[4] / "tenants"
TEMPLATE = TENANTS / "template"
ITEM, OTHER = "TPL-SOCIAL-SECURITY-CARD", "TPL-MEDICAL-INSURANCE"
FROM, TO = "zibo-hitech", "zibo-again"


@pytest.fixture(scope="module")
def installation(server: Endpoint, run: Run[Any], worker_id: str) -> Iterator[Installation]:
    """An installation of these tests' own."""
    with fresh_database(server, run, worker_id) as endpoint:
        yield run(Installation.prepare(endpoint, KeyRing(MasterKey.fresh())))


@pytest.fixture(scope="module")
def tenancy(installation: Installation, run: Run[Any]) -> Iterator[Tenancy]:
    """Sessions in it."""
    with opened(installation, run) as tenancy:
        yield tenancy


async def exported(tenancy: Tenancy, slug: str) -> Exported:
    async with platform_work(tenancy, tenancy.registry.get(slug)) as work:
        return await export_profile(work, read_template(TEMPLATE))


async def offered(tenancy: Tenancy, slug: str) -> dict[str, set[tuple[Any, ...]]]:
    """What holds today: items, bundles and guidance with their versions and names, and delegated items."""
    async with platform_work(tenancy, tenancy.registry.get(slug)) as work:
        found: dict[str, set[tuple[Any, ...]]] = {}
        for table in (ServiceItemRow, BundleRow, GuidanceRow):
            holds = (
                table.effective_from <= work.today,
                or_(table.effective_to.is_(None), table.effective_to > work.today),
            )
            rows = await work.db.scalars(select(table).where(*holds))
            found[table.__tablename__] = {
                (row.code, row.version, row.name, row.effective_from) for row in rows
            }
        given = await work.db.scalars(select(DelegationRow))
        found["delegations"] = {(row.service_code, row.scope, row.since, row.basis) for row in given}
        return found


async def published_for_later(tenancy: Tenancy) -> None:
    """A bundle with a delegated item and guidance to it; then later versions of all three, that need each other."""
    items = {each.draft.code: each.draft for each in read_profile(TENANTS / FROM).items}
    async with platform_work(tenancy, tenancy.registry.get(FROM)) as work:
        today, later = work.today, work.today + dt.timedelta(days=10)
        bundle = BundleDraft(
            code="OWN-LATER", name="现行", lead_department="某局", items=(ITEM, OTHER), effective_from=today
        )
        words = Words(zh="问", en="Ask")
        answers = (Answer(key="a", label=words, bundle="OWN-LATER"), Answer(key="b", label=words, item=ITEM))
        guide = GuidanceDraft(
            code="OWN-GUIDE",
            name="现行",
            start="q",
            nodes=(Node(key="q", question=words, answers=answers),),
            effective_from=today,
        )
        await publish_bundles(work, [(bundle, "own")])
        await publish_guidance(work, [(guide, "own")])
        await publish_items(work, [replace(items[ITEM], name="以后的社保卡", effective_from=later)])
        await publish_bundles(work, [(replace(bundle, name="以后", effective_from=later), "own")])
        await publish_guidance(work, [(replace(guide, name="以后", effective_from=later), "own")])


def test_the_present_versions_come_back_and_the_later_ones_are_said_to_be_left_out(
    installation: Installation, tenancy: Tenancy, tmp_path: Path, run: Run[Any]
) -> None:
    run(onboard(installation, tenancy, read_profile(TENANTS / FROM)))
    run(published_for_later(tenancy))
    first = run(exported(tenancy, FROM))
    assert "1 later versions of items, to be published again" in [en for _, en in first.left_out]
    assert (
        "2 个以后才生效的一件事、情形引导或掌办指南册新版本(导入后须另行发布)",
        "2 later versions of bundles, guidance and guides to print, to be published again",
    ) in first.left_out
    assert "以后" not in "".join(first.files.values())
    # Nothing ends on that day only for what was left out.
    assert "effective_to" not in first.files["services.yaml"] + first.files["bundles.yaml"]

    folder = tmp_path / TO
    folder.mkdir()
    for name, text in first.files.items():
        (folder / name).write_text(text.replace(f"slug: {FROM}", f"slug: {TO}"), encoding="utf-8")
    assert not [str(each) for each in check_profile(folder, template=TEMPLATE) if each.severity == "error"]
    run(onboard(installation, tenancy, read_profile(folder, template=TEMPLATE)))
    today = run(offered(tenancy, FROM))
    assert run(offered(tenancy, TO)) == today
    assert ITEM in {each[0] for each in today["delegations"]}
    assert {each[2] for each in today[BundleRow.__tablename__] if each[0] == "OWN-LATER"} == {"现行"}
    second = run(exported(tenancy, TO))
    assert {
        name: text.replace(f"slug: {TO}", f"slug: {FROM}") for name, text in second.files.items()
    } == first.files
    assert not [en for _, en in second.left_out if "later" in en]


def test_a_folder_that_is_refused_leaves_no_open_district_and_is_taken_over_once_it_is_right(
    installation: Installation, tenancy: Tenancy, tmp_path: Path, run: Run[Any]
) -> None:
    slug = "zibo-refused"
    folder = tmp_path / slug
    folder.mkdir()
    for path in (TENANTS / FROM).iterdir():
        (folder / path.name).write_text(
            path.read_text("utf-8").replace(f"slug: {FROM}", f"slug: {slug}"), encoding="utf-8"
        )
    right = (folder / "services.yaml").read_text("utf-8")
    wrong = f"overrides:\n  {ITEM}: {{effective_from: 2999-01-01}}\n"
    assert "overrides:\n" in right
    (folder / "services.yaml").write_text(right.replace("overrides:\n", wrong), encoding="utf-8")
    with pytest.raises(Problem):
        run(onboard(installation, tenancy, read_profile(folder, template=TEMPLATE)))
    assert tenancy.registry.get(slug).status is DistrictStatus.PROVISIONING
    assert not run(offered(tenancy, slug))["delegations"]

    (folder / "services.yaml").write_text(right, encoding="utf-8")
    run(onboard(installation, tenancy, read_profile(folder, template=TEMPLATE)))
    assert tenancy.registry.get(slug).status is DistrictStatus.LIVE
    assert ITEM in {each[0] for each in run(offered(tenancy, slug))["delegations"]}
