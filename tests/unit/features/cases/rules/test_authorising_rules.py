"""Acting for somebody needs an authorisation that covers the act and the day (invariant 5), until it is withdrawn."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.features.cases.case_facts import (
    APPLICANT,
    CLERK,
    HELPER,
    MONDAY,
    REQUIRED,
    accepted,
    case,
    noticed,
    on,
    ready,
    tolerated,
)

from bangban.features.cases import rules
from bangban.features.cases.problems import AuthorisationEnded, AuthorisationRequired, IllegalTransition
from bangban.features.cases.rules.authorising import renew, revoke
from bangban.features.cases.rules.facts import Authorisation, CaseFacts
from bangban.features.cases.rules.papers import Papers
from bangban.features.cases.values import AuthorisationScope, CaseOutcome, CaseState, EventKind, HelpKind
from bangban.features.custody.rules import take
from bangban.kernel.problems import InvalidInput

SCOPES = list(AuthorisationScope)
given_ = st.builds(
    Authorisation,
    scope=st.frozensets(st.sampled_from(SCOPES)),
    valid_until=st.integers(-5, 5).map(lambda days: MONDAY + dt.timedelta(days=days)),
    given_at=st.just(on().at),
    revoked_at=st.sampled_from([None, on().at]),
)


def agency(facts: CaseFacts, authorisation: Authorisation | None) -> CaseFacts:
    return replace(facts, help=HelpKind.AGENCY, authorisation=authorisation)


def _act(name: str, authorisation: Authorisation | None) -> Any:
    """One act of staff for the applicant, on an AGENCY case with this authorisation."""
    if name == "submit":
        return rules.submit(agency(case(), authorisation), actor=HELPER, occasion=on())
    if name == "supply":
        facts = agency(noticed().case, authorisation)
        return rules.supply(facts, list(REQUIRED), actor=HELPER, occasion=on())
    if name == "supply what was promised":
        facts = agency(tolerated(), authorisation)
        return rules.supply(facts, ["LEASE", "PHOTO"], actor=HELPER, occasion=on())
    if name == "collect":
        facts = agency(accepted(), authorisation)
        return rules.complete(facts, outcome=CaseOutcome.DONE, collected=True, actor=CLERK, occasion=on())
    if name == "take papers":
        return take(agency(case(), authorisation), [], [Papers("FORM", 1)], by=UUID(int=1), occasion=on())
    done = replace(agency(accepted(), authorisation), state=CaseState.COMPLETED)
    return take(done, [], [Papers("RESULT", 1)], by=UUID(int=1), occasion=on())


NEEDS = {
    "submit": AuthorisationScope.APPLY,
    "supply": AuthorisationScope.SUPPLY_MATERIALS,
    "supply what was promised": AuthorisationScope.SUPPLY_MATERIALS,
    "collect": AuthorisationScope.RECEIVE_RESULT,
    "take papers": AuthorisationScope.SUPPLY_MATERIALS,
    "take the result": AuthorisationScope.RECEIVE_RESULT,
}


@given(st.sampled_from(sorted(NEEDS)), st.none() | given_)
def test_every_act_for_the_applicant_is_covered_by_scope_and_date(
    name: str, authorisation: Authorisation | None
) -> None:
    covered = (
        authorisation is not None
        and NEEDS[name] in authorisation.scope
        and authorisation.valid_until >= MONDAY
        and authorisation.revoked_at is None
    )
    if covered:
        _act(name, authorisation)
    else:
        with pytest.raises(AuthorisationRequired):
            _act(name, authorisation)


@given(st.none() | given_)
def test_what_the_office_and_the_applicant_do_of_their_own_right_asks_for_none(
    authorisation: Authorisation | None,
) -> None:
    rules.pre_check(agency(case(supplied=REQUIRED), authorisation), opinion=None, actor=CLERK)
    rules.accept(agency(ready(), authorisation), actor=CLERK, occasion=on())
    rules.complete(agency(accepted(), authorisation), outcome=CaseOutcome.DONE, actor=CLERK, occasion=on())
    rules.supply(agency(noticed().case, authorisation), list(REQUIRED), actor=APPLICANT, occasion=on())


ALL = Authorisation(scope=frozenset(SCOPES), valid_until=dt.date(2026, 12, 31), given_at=on().at)


def test_after_a_revocation_the_case_goes_on_and_its_helper_acts_for_nobody() -> None:
    facts = agency(noticed().case, ALL)
    after = revoke(facts, reason=None, actor=APPLICANT, occasion=on())
    assert after.event.kind is EventKind.AUTHORISATION_REVOKED
    assert after.case.state is facts.state
    assert after.case.help is HelpKind.AGENCY
    with pytest.raises(AuthorisationRequired):
        rules.supply(after.case, list(REQUIRED), actor=HELPER, occasion=on())
    assert (
        rules.supply(after.case, list(REQUIRED), actor=APPLICANT, occasion=on()).case.state
        is CaseState.PRE_CHECKING
    )
    with pytest.raises(AuthorisationEnded):
        revoke(after.case, reason=None, actor=APPLICANT, occasion=on())


def test_another_one_lets_the_helper_go_on() -> None:
    revoked = revoke(agency(noticed().case, ALL), reason="本人来电", actor=HELPER, occasion=on()).case
    again = renew(revoked, ALL, actor=HELPER, occasion=on())
    assert again.event.note == "代为申请、代领结果、代交材料;至 2026-12-31"
    rules.supply(again.case, list(REQUIRED), actor=HELPER, occasion=on())


def test_staff_state_the_applicants_word() -> None:
    with pytest.raises(InvalidInput):
        revoke(agency(case(), ALL), reason=" ", actor=HELPER, occasion=on())


@pytest.mark.parametrize("state", [CaseState.CLOSED, CaseState.DECLINED, CaseState.WITHDRAWN])
def test_nothing_is_withdrawn_or_given_once_the_case_is_over(state: CaseState) -> None:
    over = replace(agency(case(), ALL), state=state)
    with pytest.raises(IllegalTransition):
        revoke(over, reason=None, actor=APPLICANT, occasion=on())
    with pytest.raises(IllegalTransition):
        renew(over, ALL, actor=APPLICANT, occasion=on())


@pytest.mark.parametrize(
    "wrong", [replace(ALL, scope=frozenset()), replace(ALL, valid_until=MONDAY - dt.timedelta(days=1))]
)
def test_what_covers_nothing_is_not_given(wrong: Authorisation) -> None:
    with pytest.raises(InvalidInput):
        renew(agency(case(), ALL), wrong, actor=APPLICANT, occasion=on())


def test_helping_needs_none() -> None:
    with pytest.raises(InvalidInput):
        renew(case(), ALL, actor=APPLICANT, occasion=on())
    with pytest.raises(AuthorisationEnded):
        revoke(case(), reason=None, actor=APPLICANT, occasion=on())
