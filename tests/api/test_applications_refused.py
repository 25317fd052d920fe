"""Applications that are refused, by whom a case may be dealt with, and that districts do not mix."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.casework import (
    CASE,
    NOWHERE,
    PERMIT,
    REQUIRED,
    Desk,
    application,
    applied,
    done,
    fresh,
    refused,
    seen,
    tried,
)
from tests.api.clients import Place

from bangban.kernel.identifiers import (
    sample_phone,
    sample_uscc,
)

TOWN, VILLAGE = "371681101", "371681101200"  # of clerk-town, helper-town and helper-village


def test_a_case_is_dealt_with_at_the_levels_the_item_lists_and_in_its_own_area(desk: Desk) -> None:
    number = applied(desk.staff("helper-village"), desk.area(VILLAGE), supplied=list(REQUIRED))
    stranger = desk.staff("clerk-town-2")
    for name in ("preCheckCase", "acceptCase", "withdrawCase"):  # another town's window sees no such case
        assert refused(
            stranger, name, number=number, **({"reason": "x"} if name == "withdrawCase" else {})
        ) == (
            "NOT_FOUND",
            ["input.number"],
        )
    assert seen(stranger, number) is None
    assert refused(desk.staff("helper-village-2"), "preCheckCase", number=number)[0] == "NOT_FOUND"
    assert refused(desk.staff("helper-village"), "preCheckCase", number=NOWHERE)[0] == "NOT_FOUND"
    # handled at the county alone: the town's window may accept, but not this
    firm = {
        "kind": "LEGAL_ENTITY",
        "name": "样本有限公司",
        "identityNumber": sample_uscc(fresh()),
        "phone": sample_phone(fresh()),
    }
    county = applied(
        desk.staff("clerk-town"),
        desk.area(TOWN),
        serviceCode="ZOUPING-PROJECT-PERMIT",
        applicant=firm,
        supplied=["APPLICATION", "LAND", "DESIGN"],
    )
    done(desk.staff("clerk-town"), "preCheckCase", number=county)
    assert refused(desk.staff("clerk-town"), "acceptCase", number=county)[0] == "ITEM_NOT_HANDLED_HERE"
    assert done(desk.staff("clerk-county"), "acceptCase", number=county)["state"] == "ACCEPTED"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"serviceCode": "NO-SUCH-ITEM"}, None),
        ({"areaId": "not-an-id"}, "input.areaId"),
        ({"areaId": "00000000-0000-7000-8000-000000000000"}, None),
        ({"modes": []}, "input.modes"),
        ({"supplied": ["NO-SUCH-PAPER"]}, "input.supplied"),
        ({"phone": "12345"}, "input.applicant.phone"),
        ({"identityNumber": "999999190001010000"}, "input.applicant.identityNumber"),
        ({"name": "  "}, "input.applicant.name"),
        ({"name": "\u200b"}, "input.applicant.name"),
        ({"name": "样本\u202e人"}, "input.applicant.name"),
        ({"name": "样本人\n代办"}, "input.applicant.name"),
        ({"kind": "LEGAL_ENTITY"}, "input.applicant.kind"),
    ],
)
def test_a_faulty_application_says_which_field_and_leaves_nothing(
    desk: Desk, changes: dict[str, Any], field: str | None
) -> None:
    clerk, before = desk.staff("clerk-county"), desk.cases()
    given = application(desk.area(VILLAGE), fresh())
    for name, value in changes.items():
        (given["applicant"] if name in given["applicant"] else given)[name] = value
    code, fields = refused(clerk, "applyForCase", **given)
    assert (code, fields) == (("INVALID_INPUT", [field]) if field else ("NOT_FOUND", fields))
    assert desk.cases() == before


def test_the_clerk_of_one_district_gets_nothing_of_another(desk: Desk, rushan: Place) -> None:
    clerk, elsewhere = desk.staff("clerk-county"), rushan.sign_in("clerk-county")
    theirs = applied(elsewhere, rushan.ids["乳山市"])
    before = seen(elsewhere, theirs)
    # by header, against the token
    header = clerk.as_(X_District="rushan")
    assert header(CASE, number=theirs).code == "DISTRICT_MISMATCH"
    assert tried(header, "preCheckCase", number=theirs).code == "DISTRICT_MISMATCH"
    # by number, with the own token: it is not there
    assert clerk(CASE, number=theirs).data == {"case": None}
    assert refused(clerk, "preCheckCase", number=theirs) == ("NOT_FOUND", ["input.number"])
    # by area
    assert refused(clerk, "applyForCase", **application(rushan.ids["乳山市"], fresh()))[0] == "NOT_FOUND"
    # without a token
    assert rushan.anonymous(CASE, number=theirs).code == "UNAUTHENTICATED"
    # with a token of the other district's name in this one's header
    assert elsewhere.as_(X_District="zouping")(CASE, number=theirs).code == "DISTRICT_MISMATCH"
    assert seen(elsewhere, theirs) == before
    assert before is not None
    assert before["service"]["code"] == PERMIT
