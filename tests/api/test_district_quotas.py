"""Quotas of districts: set by operators, heard of by every process, and what a full district refuses."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.api.casework import applicant, fresh
from tests.api.clients import Client, Place
from tests.api.directory_steps import CASES, HERE, eventually
from tests.api.operators import Platform

from bangban.features.statistics.service import count_one
from bangban.kernel.tenancy.names import Wall
from bangban.web.services import AppServices

QUOTAS = """mutation($i: SetDistrictQuotasInput!) { setDistrictQuotas(input: $i) {
  slug quotas { storageMb staffAccounts costPerMinute statementTimeoutMs } } }"""


def test_quotas_are_set_one_by_one_and_taken_away(platform: Platform, system: Client, rushan: Place) -> None:
    slug = rushan.slug
    one = system(QUOTAS, i={"slug": slug, "storageMb": 5000, "staffAccounts": 100}).data
    assert one["setDistrictQuotas"]["quotas"] == {
        "storageMb": 5000,
        "staffAccounts": 100,
        "costPerMinute": None,
        "statementTimeoutMs": None,
    }
    two = system(QUOTAS, i={"slug": slug, "storageMb": None, "statementTimeoutMs": 9000}).data
    assert two["setDistrictQuotas"]["quotas"]["storageMb"] is None
    assert two["setDistrictQuotas"]["quotas"]["staffAccounts"] == 100
    reply = system(QUOTAS, i={"slug": slug, "costPerMinute": 1, "staffAccounts": 0})
    assert reply.code == "INVALID_INPUT"
    fields = reply.body["errors"][0]["extensions"]["fields"]
    assert set(fields) == {"input.costPerMinute", "input.staffAccounts"}
    last = platform.trail(f"district:{slug}")[-1]
    assert last[2]["quotas"] == {"staff_accounts": 100, "statement_timeout_ms": 9000}
    system(QUOTAS, i={"slug": slug, "staffAccounts": None, "statementTimeoutMs": None})


def test_every_process_hears_of_a_quota_and_keeps_to_it(
    platform: Platform, system: Client, services: AppServices, rushan: Place
) -> None:
    """The limit of a statement and the budget of a minute, as this process applies them."""
    slug = rushan.slug
    system(QUOTAS, i={"slug": slug, "costPerMinute": 30_000, "statementTimeoutMs": 7_000})
    eventually(platform, rushan.anonymous, HERE, lambda _: services.registry.get(slug).quotas.cost_per_minute)
    assert services.registry.timeouts[slug] == 7_000

    async def limit() -> bytes:
        sql = "SELECT to_json(current_setting('statement_timeout'))::text"
        return await services.tenancy.reader.district(slug, Wall.READ, sql, ())

    assert platform.run(limit()) == b'"7s"'
    assert services.budgets._of_district(slug) == 30_000
    system(QUOTAS, i={"slug": slug, "costPerMinute": None, "statementTimeoutMs": None})
    eventually(
        platform, rushan.anonymous, HERE, lambda _: not services.registry.get(slug).quotas.cost_per_minute
    )
    assert platform.run(limit()) == b'"15s"'


def test_a_full_district_takes_no_new_case_and_says_what_to_do(
    platform: Platform, system: Client, services: AppServices, rushan: Place
) -> None:
    slug = rushan.slug
    system(QUOTAS, i={"slug": slug, "storageMb": 1})

    async def measure() -> None:
        await count_one(services.tenancy, slug, now=datetime.now(UTC))

    platform.run(measure())
    eventually(platform, rushan.anonymous, HERE, lambda _: _is_full(services, slug))
    query = "mutation($i: ApplyForCaseInput!) { applyForCase(input: $i) { number } }"
    clerk = rushan.sign_in("clerk-county")
    given = {
        "serviceCode": "x",
        "areaId": "00000000-0000-7000-8000-000000000000",
        "applicant": applicant(fresh()),
    }
    reply = clerk(query, headers={"Accept-Language": "zh-CN"}, i=given)
    assert reply.code == "QUOTA_EXCEEDED", reply.body
    assert "1 MB" in reply.body["errors"][0]["message"]
    assert clerk(CASES).data  # what is there is read as before
    system(QUOTAS, i={"slug": slug, "storageMb": None})
    eventually(platform, rushan.anonymous, HERE, lambda _: not _is_full(services, slug))
    assert clerk(query, i=given).code != "QUOTA_EXCEEDED"


def _is_full(services: AppServices, slug: str) -> bool:
    district = services.registry.get(slug)
    most = district.quotas.storage_mb
    return most is not None and (district.storage_bytes or 0) >= most * 1024 * 1024
