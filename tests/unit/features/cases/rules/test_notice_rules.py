"""Who acknowledges a one-time notice, once, and that it says the same before and after (DOMAIN B03)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.features.cases.case_facts import (
    ALL,
    APPLICANT,
    CLERK,
    HELPER,
    MONDAY,
    OTHER,
    REQUIRED,
    authorisation,
    case,
    noticed,
    on,
)

from bangban.features.cases import rules
from bangban.features.cases.paper_problems import AcknowledgedAlready, NothingToAcknowledge, NotYoursToSign
from bangban.features.cases.problems import AuthorisationRequired, IllegalTransition
from bangban.features.cases.rules.facts import Actor, Supplying
from bangban.features.cases.rules.materials import LACKING, lacking
from bangban.features.cases.rules.notices import USUAL_CHANNEL, acknowledge_notice
from bangban.features.cases.rules.transition import Transition
from bangban.features.cases.values import (
    AuthorisationScope,
    CaseState,
    HelpKind,
    MaterialState,
    NoticeChannel,
    NoticeSigner,
)
from bangban.features.catalog.values import Channel

AGENCY = {"help": HelpKind.AGENCY, "authorisation": authorisation()}
SUPPLYINGS = st.builds(
    Supplying,
    channel=st.none() | st.sampled_from(NoticeChannel),
    how=st.none() | st.text(min_size=1, max_size=20),
    where_id=st.none() | st.just(UUID(int=7)),
)


def acknowledged(
    facts: Transition, actor: Actor = APPLICANT, signer: NoticeSigner | None = None
) -> Transition:
    return acknowledge_notice(facts.case, signer=signer, actor=actor, occasion=on())


@given(
    st.fixed_dictionaries(
        {each.code: st.sampled_from(sorted(LACKING | {MaterialState.SUPPLIED})) for each in ALL}
    ),
    SUPPLYINGS,
    st.booleans(),
)
def test_a_notice_names_all_that_is_missing_however_it_is_given_and_whoever_signs(
    states: dict[str, MaterialState], supplying: Supplying, at_counter: bool
) -> None:
    materials = tuple(replace(each, state=states[each.code]) for each in ALL)
    owed = {each.code: "未提交" for each in lacking(materials)}
    if not owed:
        return
    told = rules.give_notice(
        case(materials=materials),
        owed,
        opinion=None,
        deadline=None,
        supplying=supplying,
        may_repeat=False,
        actor=CLERK,
        occasion=on(),
    )
    assert told.case.notice is not None
    after = acknowledged(told, CLERK if at_counter else APPLICANT).case
    assert after.notice is not None
    for notice in (told.case.notice, after.notice):
        assert set(notice.missing) == set(notice.reasons) == set(owed)
        assert (notice.supplying, notice.ordinal, notice.issued_by) == (supplying, 1, CLERK.id)
    assert lacking(after.materials) == lacking(told.case.materials)
    assert (after.state, after.notice.acknowledged_at) == (CaseState.AWAITING_MATERIALS, on().at)
    assert after.notice.acknowledged_to == (CLERK.id if at_counter else None)


def test_it_is_acknowledged_once_and_the_timeline_and_the_trail_say_so() -> None:
    once = acknowledged(noticed())
    assert (once.event.kind, once.event.actor) == ("NOTICE_ACKNOWLEDGED", "申请人")
    assert once.audit.details == {"notice": 1, "acknowledged": "APPLICANT"}
    for actor in (APPLICANT, CLERK):
        with pytest.raises(AcknowledgedAlready):
            acknowledged(once, actor)


def test_a_second_notice_is_acknowledged_anew() -> None:
    once = acknowledged(noticed())
    again = rules.give_notice(
        once.case,
        dict.fromkeys(REQUIRED, "未提交"),
        opinion=None,
        deadline=None,
        may_repeat=True,
        actor=CLERK,
        occasion=on(),
    )
    assert again.case.notice is not None
    assert (again.case.notice.ordinal, again.case.notice.acknowledged_at) == (2, None)
    assert acknowledged(again).audit.details["notice"] == 2


@pytest.mark.parametrize(
    ("actor", "signer"),
    [
        (CLERK, NoticeSigner.APPLICANT),
        (APPLICANT, NoticeSigner.AT_COUNTER),
        (APPLICANT, NoticeSigner.REPRESENTATIVE),
        (HELPER, NoticeSigner.REPRESENTATIVE),  # nobody is acted for in a case that is only helped
    ],
)
def test_nobody_signs_in_anothers_name(actor: Actor, signer: NoticeSigner) -> None:
    with pytest.raises(NotYoursToSign):
        acknowledged(noticed(), actor, signer)


def test_whoever_acts_for_the_applicant_signs_by_authority_alone() -> None:
    signed = acknowledged(noticed(**AGENCY), HELPER, NoticeSigner.REPRESENTATIVE).case.notice
    assert signed is not None
    assert (signed.acknowledged_by, signed.acknowledged_to) == (NoticeSigner.REPRESENTATIVE, HELPER.id)
    narrow = authorisation(AuthorisationScope.RECEIVE_RESULT)
    over = authorisation(valid_until=MONDAY - dt.timedelta(days=1))
    for given_ in (narrow, over, replace(authorisation(), revoked_at=on().at)):
        facts = noticed(help=HelpKind.AGENCY, authorisation=given_)
        with pytest.raises(AuthorisationRequired):
            acknowledged(facts, HELPER, NoticeSigner.REPRESENTATIVE)


@pytest.mark.parametrize("actor", [CLERK, OTHER])
def test_whoever_does_not_act_for_the_applicant_signs_for_nobody(actor: Actor) -> None:
    with pytest.raises(NotYoursToSign):
        acknowledged(noticed(**AGENCY), actor, NoticeSigner.REPRESENTATIVE)


def test_whoever_gave_the_notice_receives_it_for_nobody_though_they_hold_the_case_now() -> None:
    given_, wanted = noticed(**AGENCY), NoticeSigner.REPRESENTATIVE
    with pytest.raises(NotYoursToSign):
        acknowledged(replace(given_, case=replace(given_.case, holder_id=CLERK.id)), CLERK, wanted)
    seen = acknowledged(given_, CLERK, NoticeSigner.AT_COUNTER).case.notice
    assert seen is not None
    assert (seen.issued_by, seen.acknowledged_to) == (CLERK.id, CLERK.id)


def test_there_must_be_a_notice_and_a_case_that_runs() -> None:
    with pytest.raises(NothingToAcknowledge):
        acknowledge_notice(case(), signer=None, actor=APPLICANT, occasion=on())
    over = rules.withdraw(noticed().case, reason="不办了", actor=APPLICANT, occasion=on())
    with pytest.raises(IllegalTransition):
        acknowledged(over)


def test_every_door_has_a_usual_way_to_tell() -> None:
    assert set(USUAL_CHANNEL) == set(Channel)
