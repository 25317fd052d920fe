"""淄博高新区: one request of a firm, a confirmation of each department; firms and confirmations are two counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.api.casework import Desk, Run, applicant, fresh, mutation_of
from tests.api.clients import Place
from tests.api.named import text_of
from tests.api.test_journey_to_rating import day

from bangban.kernel.identifiers import sample_uscc
from bangban.settings import Settings
from bangban.web.services import AppServices

BUNDLE = "ZBGX-LISTING"
NAMES = ("requests", "applicants", "granted", "refused", "open")
DEPARTMENTS = ("MARKET", "TAX", "LABOUR")  # in the order of the bundle
FORM = [{"key": "from", "value": "2023-01-01"}, {"key": "until", "value": "2025-12-31"}]


@pytest.fixture(scope="module")
def desk(zibo: Place, services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(zibo, services, run, app_settings.outbox_folder)


def counts(desk: Desk) -> Any:
    return desk.staff("leader")(text_of("BundleCounts"), code=BUNDLE).data["bundleCounts"]


def test_every_department_answers_and_firms_are_not_confirmations(desk: Desk) -> None:
    assert counts(desk) == dict.fromkeys(NAMES, 0)
    n = fresh()
    firm = applicant(n, kind="LEGAL_ENTITY", name="样本股份有限公司", identityNumber=sample_uscc(n))
    clerk = desk.staff("clerk-county")
    given = {
        "bundleCode": BUNDLE,
        "areaId": desk.place.anonymous("{ areas(first: 1) { edges { node { id } } } }").data["areas"][
            "edges"
        ][0]["node"]["id"],
        "applicant": firm,
        "services": [f"ZBGX-COMPLIANCE-{each}" for each in DEPARTMENTS],
        "supplied": ["APPLICATION", "CONSENT"],
        "form": FORM,
    }
    made: Any = clerk(text_of("ApplyForBundle"), input=given).data["applyForBundle"]
    assert made["answersDueOn"] == day(desk, 3)
    assert (made["materialsOnce"], made["materialsSeparately"]) == (2, 6)
    again: Any = clerk(text_of("ApplyForBundle"), input=given).data["applyForBundle"]
    assert again["number"] != made["number"]
    holders = "query($n: String!) { case(number: $n) { helper { name } } }"
    answering = [desk.staff(f"clerk-{each.lower()}") for each in DEPARTMENTS]
    for each, who in zip(made["members"], answering, strict=True):
        holder = clerk(holders, n=each["number"]).data["case"]["helper"]
        assert holder == who("{ viewer { name } }").data["viewer"], "each department has its own"
    results = ({"outcome": "GRANTED"}, {"outcome": "REFUSED", "basis": "欠税"}, {"outcome": "GRANTED"})
    for each, who, result in zip(made["members"], answering, results, strict=True):
        for name, more in (("preCheckCase", {}), ("acceptCase", {}), ("completeCase", result)):
            said = {"opinion": "已核查"} if more else {}
            assert who(mutation_of(name, "id"), input={"number": each["number"], **more, **said}).data
    assert counts(desk) == {"requests": 2, "applicants": 1, "granted": 2, "refused": 1, "open": 3}
    seen: Any = clerk(text_of("BundleApplication"), number=made["number"]).data["bundleApplication"]
    assert (
        desk.staff("auditor")(text_of("BundleCounts"), code=BUNDLE).data["bundleCounts"]["applicants"] is None
    )
    assert [each["late"] for each in seen["members"]] == [False] * 3
    assert [each["basis"] for each in seen["members"]] == [None, "欠税", None]
    assert date.fromisoformat(seen["answersDueOn"])
