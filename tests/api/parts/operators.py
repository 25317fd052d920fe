"""The platform's operators, and what they do to districts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.api.asked import NOBODY
from tests.api.casework import mutation_of
from tests.api.clients import PASSWORD
from tests.api.shapes import EVERYBODY, OPERATORS, Part, Root


def _of_operators(name: str, /, *found: str, caller: str = "security-operator", **given: Any) -> Root:
    document = mutation_of(name, "slug" if "District" in name else "id")
    if name in {"disableOperator", "enableOperator"}:
        document = document.replace(f"{name[0].upper()}{name[1:]}Input", "OperatorInput")
    return Root(OPERATORS, document, lambda _: {"input": given}, found, caller)


ROOTS: Final[Mapping[str, Root]] = {
    "Query.platformTrail": Root(
        OPERATORS, "{ platformTrail(first: 1) { __typename } }", caller="audit-operator"
    ),
    "Query.platformDistricts": Root(
        OPERATORS, "{ platformDistricts(first: 1) { edges { node { slug } } } }", caller="system-operator"
    ),
    "Query.platformStatistics": Root(
        OPERATORS, "{ platformStatistics { __typename counts { count } } }", caller="audit-operator"
    ),
    "Query.districtStatistics": Root(
        OPERATORS, "{ districtStatistics(first: 1) { __typename } }", caller="system-operator"
    ),
    "Query.operators": Root(
        OPERATORS, "{ operators(first: 1) { edges { node { id } } } }", caller="security-operator"
    ),
    "Mutation.createOperator": _of_operators(
        "createOperator", "INVALID_INPUT", login="!", name="", duty="AUDIT", phone=""
    ),
    "Mutation.inviteOperator": _of_operators("inviteOperator", "INVALID_INPUT", id=NOBODY, phone=""),
    "Mutation.setOperatorDuty": _of_operators("setOperatorDuty", "NOT_FOUND", id=NOBODY, duty="AUDIT"),
    "Mutation.disableOperator": _of_operators("disableOperator", "NOT_FOUND", id=NOBODY),
    "Mutation.enableOperator": _of_operators("enableOperator", "NOT_FOUND", id=NOBODY),
    "Mutation.acceptOperatorInvitation": Root(
        EVERYBODY,
        "mutation($i: AcceptOperatorInvitationInput!) { acceptOperatorInvitation(input: $i) }",
        lambda _: {"i": {"token": "x", "password": PASSWORD}},
        ("UNAUTHENTICATED",),
    ),
    "Mutation.suspendDistrict": _of_operators(
        "suspendDistrict", "DISTRICT_UNKNOWN", caller="system-operator", slug="no-such", reason="样本"
    ),
    "Mutation.resumeDistrict": _of_operators(
        "resumeDistrict", "DISTRICT_UNKNOWN", caller="system-operator", slug="no-such"
    ),
    "Mutation.setDistrictQuotas": _of_operators(
        "setDistrictQuotas", "DISTRICT_UNKNOWN", caller="system-operator", slug="no-such"
    ),
}

PART: Final = Part(roots=ROOTS)
