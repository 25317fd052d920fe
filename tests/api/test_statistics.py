"""Statistics over districts: sums that tell of nobody, and what operators see of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from tests.api.casework import Run
from tests.api.clients import Client, Place
from tests.api.operators import Platform

from bangban.features.cases.tables import CaseRow
from bangban.features.cases.values import CaseState, Grade
from bangban.features.catalog.values import Channel
from bangban.features.documents.service import NewDocument, add_documents, remove_documents
from bangban.features.statistics.rules import FEWEST, told
from bangban.features.statistics.service import _sum, add_up, keep_statistics
from bangban.features.statistics.tables import StatisticRow
from bangban.features.statistics.values import ALL, EVERYWHERE, UNTOLD, Measure
from bangban.kernel.access.principals import Principal
from bangban.kernel.tenancy.tables import DistrictRow
from bangban.web.services import AppServices

SUSPEND = "mutation($i: SuspendDistrictInput!) { suspendDistrict(input: $i) { slug status suspendedWhy } }"
RESUME = "mutation($i: ResumeDistrictInput!) { resumeDistrict(input: $i) { slug status suspendedWhy } }"
QUOTAS = """mutation($i: SetDistrictQuotasInput!) { setDistrictQuotas(input: $i) {
  slug quotas { storageMb staffAccounts costPerMinute statementTimeoutMs } } }"""
DISTRICTS = """query($s: String, $of: [DistrictStatus!]) { platformDistricts(search: $s, status: $of, first: 100) {
  totalCount edges { node {
    slug status revision createdAt liveSince storageMb staffAccounts quotas { storageMb } } } } }"""
TRAIL = """query($f: AuditFilter) { platformTrail(filter: $f, first: 50) {
  totalCount edges { node { seq actor action object details } } } }"""
STATISTICS = """{ platformStatistics { counts { measure word count day }
  history(measure: STATE, word: "ALL") { day count } } }"""
OF_DISTRICTS = """query($d: String) { districtStatistics(district: $d, first: 100) {
  edges { node { district measure word count } } } }"""
HERE = "{ district { slug status } }"
CASES = "{ cases { totalCount } }"


def test_sums_are_those_of_the_districts_own_counts(
    platform: Platform, services: AppServices, zouping: Place, audit: Client
) -> None:
    async def own() -> int:
        total = 0
        for district in services.registry:
            if district.status.value in {"LIVE", "SUSPENDED"}:
                async with services.tenancy.write(
                    district, Principal.anonymous(district=district.slug)
                ) as work:
                    total += int(await work.db.scalar(select(func.count()).select_from(CaseRow)) or 0)
        return total

    async def refresh() -> None:
        async with services.tenancy.platform() as db:
            await db.execute(update(DistrictRow).values(measured_at=None))
        await keep_statistics(services.tenancy, every=timedelta(hours=1))

    platform.run(refresh())
    expected = platform.run(own())
    found = audit(STATISTICS).data["platformStatistics"]
    counts = {(each["measure"], each["word"]): each["count"] for each in found["counts"]}
    assert counts["STATE", "ALL"] == expected
    for measure in ("STATE", "MONTH", "GRADE", "CHANNEL", "DUE"):
        parts = sum(n for (of, word), n in counts.items() if of == measure and word != "ALL")
        assert parts == counts[measure, "ALL"], measure
    assert found["history"][-1]["count"] == expected
    mine = audit(OF_DISTRICTS, d=zouping.slug).data["districtStatistics"]["edges"]
    cells = {(each["node"]["measure"], each["node"]["word"]): each["node"]["count"] for each in mine}
    assert not any(
        count is not None and 0 < count < FEWEST for (_, word), count in cells.items() if word != "ALL"
    )
    assert {each["node"]["district"] for each in mine} == {zouping.slug}
    platform.run(add_up(services.tenancy, now=datetime.now(UTC)))
    assert audit(STATISTICS).data["platformStatistics"]["counts"][0]["count"] == found["counts"][0]["count"]


def test_statistics_are_kept_as_numbers_and_words_of_fixed_vocabularies_alone(
    platform: Platform, services: AppServices, run: Run
) -> None:
    words = {
        Measure.STATE: {each.value for each in CaseState},
        Measure.GRADE: {each.value for each in Grade},
        Measure.CHANNEL: {each.value for each in Channel},
        Measure.DUE: {"IN_TIME", "OVERDUE"},
    }
    slugs = {each.slug for each in services.registry}

    async def kept() -> list[StatisticRow]:
        await keep_statistics(services.tenancy, every=timedelta(0))
        async with services.tenancy.platform() as db:
            return list(await db.scalars(select(StatisticRow)))

    rows: list[StatisticRow] = run(kept())
    assert rows
    for row in rows:
        assert row.district == EVERYWHERE or row.district in slugs
        month = row.measure is Measure.MONTH and re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", row.word)
        sums = {ALL} if row.district else {ALL, UNTOLD}
        assert month or row.word in words.get(row.measure, set()) | sums, (row.measure, row.word)
        assert row.count is None or row.count >= 0


def test_what_a_district_trusts_is_in_the_trail_each_time_it_changes(
    platform: Platform, services: AppServices, rushan: Place, run: Run
) -> None:
    digest, about = b"t" * 32, f"district:{rushan.slug}"
    document = NewDocument(digest, "Trail", "query Trail { district { slug } }")
    before = platform.trail(about)
    for _ in range(2):  # the second time changes nothing
        run(add_documents(services.tenancy, [document], district=rushan.slug))
    for _ in range(2):
        run(remove_documents(services.tenancy, [digest], district=rushan.slug))
    assert platform.trail(about)[len(before) :] == [
        ("system", "documents:change", {"registered": 1}),
        ("system", "documents:change", {"removed": 1}),
    ]


@given(
    st.lists(
        st.dictionaries(st.sampled_from([each.value for each in Grade]), st.integers(0, 40), min_size=2),
        min_size=1,
        max_size=4,
    )
)
@hypothesis_settings(max_examples=15, deadline=None)
def test_sums_told_and_untold_are_together_what_the_districts_counted(
    services: AppServices, run: Run, counted: list[dict[str, int]]
) -> None:
    async def summed() -> dict[str, int | None]:
        now = datetime.now(UTC)
        async with services.tenancy.platform() as db:
            await db.execute(delete(StatisticRow))
            for number, cells in enumerate(counted):
                for word, count in {**told(cells), ALL: sum(cells.values())}.items():
                    db.add(
                        StatisticRow(
                            district=f"sample-{number}",
                            measure=Measure.GRADE,
                            word=word,
                            day=now.date(),
                            count=count,
                            computed_at=now,
                        )
                    )
            await db.flush()
            await _sum(db, now.date(), now)
            rows = await db.scalars(select(StatisticRow).where(StatisticRow.district == EVERYWHERE))
            found = {row.word: row.count for row in rows}
            await db.execute(delete(StatisticRow))
        return found

    found = run(summed())
    assert found.pop(ALL) == sum(sum(cells.values()) for cells in counted)
    hidden = sum(cells[word] for cells in counted for word, count in told(cells).items() if count is None)
    assert found.pop(UNTOLD) == hidden
    for word, count in found.items():
        assert count == sum(told(cells).get(word) or 0 for cells in counted)
