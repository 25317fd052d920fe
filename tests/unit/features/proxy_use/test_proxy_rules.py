"""Proxy use: no value has a way in, consent is of the same visit, and an agent acts as far as they may."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.cases.problems import AuthorisationRequired, IllegalTransition
from bangban.features.cases.rules.facts import Actor, Authorisation, CaseFacts
from bangban.features.cases.values import AuthorisationScope, CaseState, EventKind, HelpKind
from bangban.features.catalog.values import Channel
from bangban.features.proxy_use.problems import AppliedByProxyAlready, ConsentStale, NotAName
from bangban.features.proxy_use.rules import (
    APPS,
    FIELDS,
    SHOWN,
    ProxyLists,
    Use,
    check_use,
    lists_of,
    used_on,
)
from bangban.features.proxy_use.values import Consent, ProxyStep

NOW = datetime(2026, 11, 2, 2, tzinfo=UTC)
TODAY = date(2026, 11, 2)
AGENT = Actor(id=UUID(int=1), staff_name="样本员")
USE = Use(
    step=ProxyStep.APPLY,
    consent=Consent.SIGNED,
    consented_at=NOW,
    app=APPS[0],
    entered=FIELDS[:2],
    shown=SHOWN[:1],
)
CASE = CaseFacts(
    state=CaseState.SUBMITTED,
    help=HelpKind.HELP,
    holder_id=AGENT.id,
    first_asked_id=AGENT.id,
    promised_days=5,
    materials=(),
)


def used(case: CaseFacts = CASE, use: Use = USE, channel: Channel = Channel.WEB) -> Any:
    return used_on(case, use, channel=channel, actor=AGENT, today=TODAY)


@given(
    st.sampled_from(["app", "entered", "shown"]),
    st.text(max_size=20) | st.sampled_from(["Passw0rd!", "123456"]),
)
def test_only_names_of_the_lists_are_kept_so_no_password_can_be(place: str, text: str) -> None:
    known = {"app": APPS, "entered": FIELDS, "shown": SHOWN}[place]
    use = replace(USE, **{place: text if place == "app" else (text,)})
    if text in known:
        check_use(use, ProxyLists(), now=NOW)
    else:
        with pytest.raises(NotAName):
            check_use(use, ProxyLists(), now=NOW)


def test_a_district_has_lists_of_its_own() -> None:
    own = lists_of({"proxy": {"apps": ["样本掌上办"], "consent_hours": 1}})
    check_use(replace(USE, app="样本掌上办"), own, now=NOW)
    with pytest.raises(NotAName):
        check_use(USE, own, now=NOW)
    with pytest.raises(NotAName):
        check_use(replace(USE, entered=FIELDS[:1] * 2), ProxyLists(), now=NOW)


@given(st.integers(-3, 30))
def test_consent_is_of_the_same_visit(hours: int) -> None:
    use = replace(USE, consented_at=NOW - timedelta(hours=hours))
    if 0 <= hours <= 12:
        check_use(use, ProxyLists(), now=NOW)
    else:
        with pytest.raises(ConsentStale):
            check_use(use, ProxyLists(), now=NOW)


def test_a_case_that_was_applied_for_so_is_of_the_proxy_channel_once() -> None:
    event, applied = used()
    assert applied
    assert (event.kind, event.from_state, event.to_state) == (EventKind.PROXY_USED, CASE.state, CASE.state)
    assert event.note == f"代为申请;{APPS[0]};书面同意;录入 姓名、证件类型;展示 {SHOWN[0]}"
    with pytest.raises(AppliedByProxyAlready):
        used(channel=Channel.PROXY)
    assert used(use=replace(USE, step=ProxyStep.SUPPLY), channel=Channel.PROXY)[1] is False


def test_of_a_case_that_is_over_one_may_only_look() -> None:
    over = replace(CASE, state=CaseState.CLOSED)
    assert used(over, replace(USE, step=ProxyStep.LOOK_UP))[1] is False
    with pytest.raises(IllegalTransition):
        used(over)


@given(
    st.sampled_from(ProxyStep),
    st.frozensets(st.sampled_from(AuthorisationScope)),
    st.integers(-2, 2),
    st.booleans(),
)
def test_an_agents_step_for_an_agency_case_is_covered_on_the_day(
    step: ProxyStep, scope: frozenset[AuthorisationScope], days: int, revoked: bool
) -> None:
    given_ = Authorisation(
        scope=scope,
        valid_until=TODAY + timedelta(days=days),
        given_at=NOW,
        revoked_at=NOW if revoked else None,
    )
    case = replace(CASE, help=HelpKind.AGENCY, authorisation=given_)
    wanted = {
        ProxyStep.APPLY: AuthorisationScope.APPLY in scope,
        ProxyStep.SUPPLY: AuthorisationScope.SUPPLY_MATERIALS in scope,
        ProxyStep.LOOK_UP: bool(scope),
    }[step]
    if wanted and days >= 0 and not revoked:
        used(case, replace(USE, step=step))
    else:
        with pytest.raises(AuthorisationRequired):
            used(case, replace(USE, step=step))
