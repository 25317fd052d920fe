"""Loading samples again changes nothing, and more samples are added to those there are."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from tests.integration.features.demo.samples import ALL, CASES, MORE, SLUGS, Loaded

from bangban.features.accounts.tables import CredentialRow
from bangban.features.cases.tables import (
    CaseRow,
)
from bangban.features.demo.cases import make_cases, samples_of
from bangban.kernel.tenancy.registry import District


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
    assert samples.run(make_cases(samples.tenancy, samples.district(slug), count=4)) == 4
    before = {number for (number,) in samples.all(slug, select(CaseRow.number))}
    assert samples.run(make_cases(samples.tenancy, samples.district(slug), count=7)) == 3
    after = {number for (number,) in samples.all(slug, select(CaseRow.number))}
    assert before < after
    assert len(after) == 7
    assert samples.run(samples_of(samples.tenancy, samples.district(slug))) == (7, 7)


def test_a_district_where_nobody_works_gets_no_cases(samples: Loaded, district: District) -> None:
    assert samples.run(make_cases(samples.tenancy, district, count=12)) == 0
    assert samples.run(make_cases(samples.tenancy, district, count=12)) == 0
    assert samples.run(samples_of(samples.tenancy, district)) == (12, 0)
