"""What goes with a case: authorisations, what modes of help ask for, trips, and phrases that are banned."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from tests.integration.features.cases.casework import MONDAY, REQUIRED, World

from bangban.features.cases import service
from bangban.features.cases.problems import (
    ApplicantsOwnWordNeeded,
    AuthorisationRequired,
    ModeFieldsMissing,
    PhraseBanned,
)
from bangban.features.cases.rules.papers import Papers
from bangban.features.cases.service import GivenAuthorisation, MissingMaterial, ModeField
from bangban.features.cases.tables import AuthorisationRow
from bangban.features.cases.values import AuthorisationScope, CaseOutcome, HelpKind, HelpMode
from bangban.features.catalog.values import Channel
from bangban.features.custody.service import take_papers
from bangban.features.personal_data.correcting import decide_request, request_correction
from bangban.features.personal_data.tables import DataField
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.problems import Forbidden, InvalidInput

ALL = GivenAuthorisation(scope=tuple(AuthorisationScope), valid_until=dt.date(2026, 12, 31))
ADDRESS = ModeField(mode=HelpMode.CARING, key="address", value="样本路 7 号 301 室")


@pytest.fixture
def world(assisted_world: World) -> World:
    """The district that decides something about assistance."""
    return assisted_world


# ---------------------------------------------------------------------- authorisation


def agency(world: World, **how: Any) -> str:
    how.setdefault("authorisation", ALL)
    return world.apply(help=HelpKind.AGENCY, **how)


def test_an_authorisation_is_withdrawn_and_given_anew(world: World) -> None:
    number = agency(world)
    world.act("resident", service.revoke_authorisation, number=number)
    with pytest.raises(AuthorisationRequired):
        world.act("helper-a", service.supply_materials, number=number, codes=["FORM"])
    (row,) = world.rows(AuthorisationRow, AuthorisationRow.case_id == world.case(number).id)
    assert row.revoked_at == MONDAY
    world.act("resident", service.supply_materials, number=number, codes=["FORM"])

    narrow = replace(ALL, scope=(AuthorisationScope.SUPPLY_MATERIALS,))
    with pytest.raises(ApplicantsOwnWordNeeded):
        world.act("helper-a", service.renew_authorisation, number=number, authorisation=narrow)
    world.act("resident", service.renew_authorisation, number=number, authorisation=narrow)
    world.act("helper-a", service.supply_materials, number=number, codes=["LEASE"])
    (row,) = world.rows(AuthorisationRow, AuthorisationRow.case_id == world.case(number).id)
    assert (row.revoked_at, row.scope) == (None, [AuthorisationScope.SUPPLY_MATERIALS])
    kinds = [each.kind for each in world.events(number)]
    assert kinds.count("AUTHORISATION_REVOKED") == kinds.count("AUTHORISED") == 1


def test_what_staff_withdrew_at_the_applicants_word_staff_give_anew(world: World) -> None:
    number = agency(world)
    world.act("resident", service.revoke_authorisation, number=number)
    again, later = MONDAY + dt.timedelta(minutes=1), MONDAY + dt.timedelta(minutes=2)
    world.act("resident", service.renew_authorisation, number=number, authorisation=ALL, now=again)
    world.act("helper-a", service.revoke_authorisation, number=number, reason="来电要求", now=later)
    world.act("helper-a", service.renew_authorisation, number=number, authorisation=ALL, now=later)
    (row,) = world.rows(AuthorisationRow, AuthorisationRow.case_id == world.case(number).id)
    assert row.revoked_at is None
    assert world.outbox(world.case(number).id).count("case.authorised") == 2, (
        "by staff: the first and the last"
    )


def test_an_authorisation_runs_out_by_itself(world: World) -> None:
    number = agency(world, authorisation=replace(ALL, valid_until=MONDAY.date()))
    world.act("helper-a", service.supply_materials, number=number, codes=["FORM"])
    with pytest.raises(AuthorisationRequired):
        world.act(
            "helper-a",
            service.supply_materials,
            number=number,
            codes=["LEASE"],
            now=MONDAY + dt.timedelta(days=1),
        )


@pytest.mark.parametrize("who", ["dispatcher", "supervisor", "admin", "auditor"])
def test_who_may_not_speak_of_authorisations(world: World, who: str) -> None:
    with pytest.raises(Forbidden):
        world.act(who, service.revoke_authorisation, number=agency(world), reason="样本")


# ---------------------------------------------------------------------- modes


def test_all_that_the_modes_ask_for_is_told_at_once(world: World) -> None:
    with pytest.raises(ModeFieldsMissing) as found:
        world.apply(modes=[HelpMode.CARING, HelpMode.MOBILE])
    assert "地址、需要的照顾" in found.value.message("zh")  # the phone is the applicant's
    with pytest.raises(ModeFieldsMissing, match="Care needed"):
        world.apply(modes=[HelpMode.CARING], mode_fields=[ADDRESS])


def test_what_was_said_is_sealed_and_shown_masked(world: World) -> None:
    need = ModeField(mode=HelpMode.CARING, key="care-need", value="行动不便")
    number = world.apply(modes=[HelpMode.CARING, HelpMode.MOBILE], mode_fields=[ADDRESS, need])
    row = world.case(number)
    assert row.mode_fields == [
        {"mode": "CARING", "key": "address", "value": "样***"},
        {"mode": "CARING", "key": "care-need", "value": "行***"},
        {"mode": "MOBILE", "key": "phone", "value": "154****0001"},
    ]
    assert row.mode_fields_sealed is not None
    assert "样本路".encode() not in row.mode_fields_sealed
    seen = world.act("clerk", service.reveal_applicant, number=number, reason="上门前核对地址")
    values = {each["key"]: each["value"] for each in seen.mode_details}
    assert values == {"address": ADDRESS.value, "care-need": "行动不便", "phone": sample_phone(1)}


@pytest.mark.parametrize(
    "wrong",
    [
        [ADDRESS],  # of a mode that was not chosen
        [ModeField(mode=HelpMode.ONLINE, key="address", value="x")],
        [ModeField(mode=HelpMode.MOBILE, key="phone", value="x" * 201)],
    ],
)
def test_nothing_is_said_that_was_not_asked(world: World, wrong: list[ModeField]) -> None:
    with pytest.raises(InvalidInput):
        world.apply(modes=[HelpMode.ONLINE, HelpMode.MOBILE], mode_fields=wrong)


# ---------------------------------------------------------------------- trips and phrases


def test_trips_are_counted_where_the_applicant_came(world: World) -> None:
    number = world.apply("clerk", channel=Channel.HALL)
    assert world.case(number).trips == 1
    world.act("clerk", service.supply_materials, number=number, codes=["FORM"])
    assert world.case(number).trips == 2
    world.act("resident", service.supply_materials, number=number, codes=["LEASE"])  # from home
    assert world.case(number).trips == 2
    assert world.case(world.apply("resident")).trips is None
    by_agent = agency(world, who="clerk", channel=Channel.HALL)
    world.act("clerk", service.supply_materials, number=by_agent, codes=["FORM"])
    assert world.case(by_agent).trips == 1


def test_banned_phrases_are_refused_in_whatever_an_applicant_reads(world: World) -> None:
    number = world.apply(supplied=list(REQUIRED))
    said = "这个我不 知 道！"
    basis = {"basis": "样本条例"}
    acts: list[tuple[Any, dict[str, Any]]] = [
        (service.pre_check_case, {"opinion": said}),
        (service.pre_check_case, {"missing": [MissingMaterial("FORM", said)]}),
        (service.decline_case, {"reason": said, **basis}),
        (service.decline_case, {"reason": "不属于范围", "basis": said}),
    ]
    for act, given in acts:
        with pytest.raises(PhraseBanned):
            world.act("clerk", act, number=number, **given)
    world.act("clerk", service.pre_check_case, number=number, opinion="材料齐全")
    world.act("clerk", service.accept_case, number=number)
    acts = [
        (service.suspend_case, {"reason": said}),
        (service.complete_case, {"outcome": CaseOutcome.DONE, "opinion": said}),
        (service.complete_case, {"outcome": CaseOutcome.REFUSED, "opinion": "不符合", "basis": said}),
    ]
    for act, given in acts:
        with pytest.raises(PhraseBanned):
            world.act("clerk", act, number=number, **given)
    with pytest.raises(PhraseBanned):
        world.act("supervisor", service.terminate_case, number=number, reason=said, **basis)
    with pytest.raises(PhraseBanned):
        world.act("supervisor", service.terminate_case, number=number, reason="重复申请", basis=said)


def test_what_the_timeline_says_of_hands_and_papers_is_read_by_the_applicant_too(world: World) -> None:
    number, said = world.apply(), "不知道,找别人"
    to = world.people["clerk-a"].id
    lease = [Papers("LEASE", originals=1, copies=0)]
    offer = {"to_staff_id": to, "number": number}
    with pytest.raises(PhraseBanned):
        world.act("helper-a", service.hand_over_case, reason=said, **offer)
    world.act("helper-a", service.hand_over_case, reason="转窗口", **offer)
    with pytest.raises(PhraseBanned):
        world.act("clerk-a", service.return_case, number=number, reason=said)
    with pytest.raises(PhraseBanned):
        world.act("supervisor", service.clear_broken_promise, number=number, reason=said)
    with pytest.raises(PhraseBanned) as refused:
        world.act("helper-a", take_papers, number=number, papers=lease, note=said)
    assert refused.value.fields == ("input.note",)
    assert not world.case(number).papers_out


def test_an_answer_about_personal_data_is_read_by_whoever_asked(world: World) -> None:
    number = world.apply("resident")
    asked = world.act(
        "resident",
        request_correction,
        number=number,
        field=DataField.NAME,
        value="样本乙",
        reason="写错了一个字",
    )
    with pytest.raises(PhraseBanned) as refused:
        world.act("supervisor", decide_request, request_id=asked, grant=False, answer="这个不知道")
    assert refused.value.fields == ("input.answer",)
