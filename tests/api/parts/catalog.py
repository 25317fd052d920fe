"""The catalog, the template it comes from, rights and the calendar: what a district's administrator keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.api.access_world import ITEM
from tests.api.asked import EMPTY_FILE, kept
from tests.api.shapes import DISTRICT, OFFICE, Part, Root

POLICY_LINE: Final = {"role": "operator", "level": "PLATFORM", "object": "district", "action": "manage"}

ITEM_INPUT: Final = {
    "code": "SAMPLE-0001",
    "name": "样例事项",
    "kind": "CONFIRMATION",
    "audience": ["PERSON"],
    "caseType": "IMMEDIATE",
    "promisedWorkingDays": 0,
    "legalWorkingDays": 0,
    "maxTrips": 1,
    "channels": ["WEB"],
    "handledAt": ["COUNTY"],
    "legalBasis": ["样例法"],
    "resultName": "样例证",
    "basedOn": 99,
}

ROOTS: Final[Mapping[str, Root]] = {
    "Query.service": Root(DISTRICT, "query($c: String!) { service(code: $c) { id } }", lambda _: {"c": ITEM}),
    "Query.services": Root(DISTRICT, "{ services(first: 100) { edges { node { id code } } } }"),
    "Query.templateDrift": Root(OFFICE, "{ templateDrift { code kind } }", caller="admin"),
    "Mutation.adoptTemplate": kept("adoptTemplate", "applied", "NOT_FOUND", codes=["NONE"]),
    "Mutation.takeOverTemplateItems": kept("takeOverTemplateItems", "applied", "NOT_FOUND", codes=["NONE"]),
    "Mutation.publishServiceItem": kept("publishServiceItem", "id", "CONFLICT", **ITEM_INPUT),
    "Mutation.withdrawServiceItem": kept("withdrawServiceItem", "id", "NOT_FOUND", code="NONE"),
    "Mutation.importServiceItems": kept("importServiceItems", "applied", "INVALID_INPUT", file=EMPTY_FILE),
    "Query.policyLines": Root(OFFICE, "{ policyLines(shipped: true) { role } }", caller="admin"),
    "Mutation.addPolicyLines": kept("addPolicyLines", "applied", "INVALID_INPUT", lines=[POLICY_LINE]),
    "Mutation.removePolicyLines": kept("removePolicyLines", "applied", "INVALID_INPUT", ids=["x"]),
    "Mutation.importPolicyLines": kept("importPolicyLines", "applied", "INVALID_INPUT", file=EMPTY_FILE),
    "Query.calendar": Root(DISTRICT, "{ calendar(year: 2026) { workingDays } }"),
    "Query.localDays": Root(DISTRICT, "{ localDays(year: 2026) { day } }"),
    "Mutation.closeDay": kept("closeDay", "applied", "INVALID_INPUT", day="2026-01-01", reason="x"),
    "Mutation.openDay": kept("openDay", "applied", "INVALID_INPUT", day="2026-01-05", reason="x"),
    "Mutation.resetDay": kept("resetDay", "applied", "NOT_FOUND", day="2026-01-05"),
    "Mutation.importLocalDays": kept("importLocalDays", "applied", "INVALID_INPUT", file=EMPTY_FILE),
}

PART: Final = Part(roots=ROOTS)
