"""Loading samples again changes nothing, and more samples are added to those there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import select, update
from tests.integration.features.demo.samples import ALL, CASES, CONDITIONAL, MORE, SLUGS, Loaded

from bangban.features.accounts.tables import CredentialRow
from bangban.features.areas.tables import AreaRow
from bangban.features.cases.tables import (
    CaseRow,
)
from bangban.features.configuring.service import configure_district
from bangban.features.demo.cases import make_cases, samples_of
from bangban.kernel.access.principals import Assignment, Principal, PrincipalKind
from bangban.kernel.access.roles import Role
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import ProfileRow


def test_loading_again_changes_nothing(samples: Loaded) -> None:
    before = samples.file()
    hashes = [samples.all(slug, select(CredentialRow).order_by(CredentialRow.staff_id)) for slug in SLUGS]
    stamps = [(row[0].staff_id, row[0].changed_at) for rows in hashes for row in rows]
    demo = samples.load()
    assert (demo.districts, demo.cases, demo.made) == (len(SLUGS), ALL, 0)
    assert samples.file() == before
    assert stamps == [
        (row[0].staff_id, row[0].changed_at)
        for slug in SLUGS
        for row in samples.all(slug, select(CredentialRow).order_by(CredentialRow.staff_id))
    ]
    found = {slug: len(samples.all(slug, select(CaseRow.id))) for slug in SLUGS}
    assert found == {slug: CASES + MORE.get(slug, 0) for slug in SLUGS}


def test_progress_names_district_and_step(samples: Loaded) -> None:
    samples.load()
    all_of_zibo = sum(entry["district"] == "demo-zibo" for entry in samples.file())
    assert ("demo-zibo", "accounts", all_of_zibo, all_of_zibo) in samples.told
    assert ("", "accounts", 3, 3) in samples.told


def test_more_samples_are_added_to_those_there_are(samples: Loaded, empty: Callable[[str], str]) -> None:
    slug = empty("demo-more")
    assert samples.run(make_cases(samples.tenancy, samples.district(slug), count=4)) == 4 + CONDITIONAL
    before = {number for (number,) in samples.all(slug, select(CaseRow.number))}
    assert samples.run(make_cases(samples.tenancy, samples.district(slug), count=7)) == 3
    after = {number for (number,) in samples.all(slug, select(CaseRow.number))}
    assert before < after
    assert len(after) == 7 + CONDITIONAL
    assert samples.run(samples_of(samples.tenancy, samples.district(slug))) == (7, 7 + CONDITIONAL)


def test_a_district_where_nobody_works_gets_no_cases(samples: Loaded, district: District) -> None:
    assert samples.run(make_cases(samples.tenancy, district, count=12)) == 0
    assert samples.run(make_cases(samples.tenancy, district, count=12)) == 0
    assert samples.run(samples_of(samples.tenancy, district)) == (12, 0)


def test_a_district_that_is_there_keeps_what_was_set_since_and_is_told_apart(samples: Loaded) -> None:
    slug, files = "demo-xuanwu", samples.tenants / "demo-xuanwu"
    assert samples.load().kept == ()

    def stored() -> Any:
        ((row,),) = samples.all(slug, select(ProfileRow))
        samples.run(samples.tenancy.registry.refresh(slug))
        copied = samples.district(slug)
        return row.name, row.brand, row.circle_minutes, row.settings["hall"], copied.name, copied.brand

    ((county,),) = samples.all(slug, select(AreaRow).where(AreaRow.parent_id.is_(None)))
    post = Assignment(Role.ADMIN, county.id, county.path, county.level, since=date(2026, 1, 1))
    admin = Principal(kind=PrincipalKind.STAFF, id=new_id(), district=slug, assignments=(post,))

    async def configure() -> None:
        async with samples.tenancy.write(samples.district(slug), admin) as work:
            await configure_district(work, {"brand": "自定品牌", "hall": {"target_minutes": 7}})

    ((settings,),) = samples.all(slug, select(ProfileRow.settings))
    made = stored()
    samples.run(configure())
    configured = stored()
    assert configured != made
    text = (files / "district.yaml").read_text(encoding="utf-8")
    for said in (text, f"{text}\ncircle_minutes: 20\n"):
        (files / "district.yaml").write_text(said, encoding="utf-8")
        demo = samples.load()
        assert (demo.kept, demo.made) == ((files,), 0)
        assert stored() == configured
    (files / "district.yaml").write_text(text, encoding="utf-8")
    samples.change(slug, update(ProfileRow).values(brand=made[1], settings=settings))
    samples.tenancy.forget(slug)
    assert samples.load().kept == (), "as its files say again"
