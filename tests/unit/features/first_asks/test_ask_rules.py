"""Who was asked answers for it to the end (invariant 2), whatever anybody tries in whatever order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.first_asks.problems import AskStateRefused, NotInCharge, NoTransfer
from bangban.features.first_asks.rules import (
    Ask,
    answer,
    close,
    give_back,
    owner_among,
    receive,
    take,
    transfer,
)
from bangban.features.first_asks.values import AskState
from bangban.features.orders.placing_problems import NobodyToAsk
from bangban.features.orders.rules.facts import Helper, Place
from bangban.kernel.access.roles import Role
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import InvalidInput, Problem

OWNER, ANN, BOB, SUPERVISOR = (UUID(int=n) for n in (1, 2, 3, 4))
PEOPLE = st.sampled_from([OWNER, ANN, BOB, SUPERVISOR])
WHAT = ("transfer", "transfer to a team", "take", "give back", "time", "answer", "close")
ACTS = st.lists(
    st.tuples(st.sampled_from(WHAT), PEOPLE, PEOPLE),
    max_size=25,
)
# Every step that the state of a record takes (DOMAIN B01).
STEPS = {
    AskState.RECEIVED: {AskState.TRANSFERRED, AskState.ANSWERED},
    AskState.HANDLING: {AskState.TRANSFERRED, AskState.ANSWERED},
    AskState.FOLLOWING: {AskState.TRANSFERRED, AskState.ANSWERED},
    AskState.TRANSFERRED: {AskState.RECEIVED, AskState.HANDLING, AskState.FOLLOWING},
    AskState.ANSWERED: {AskState.ANSWERED, AskState.CLOSED},
    AskState.CLOSED: set(),
}


def _done(ask: Ask, what: str, by: UUID, to: UUID) -> Ask:
    manages = by == SUPERVISOR
    if what == "transfer":
        return transfer(ask, to={to}, by=by, may_manage=manages)
    if what == "transfer to a team":
        return transfer(ask, to={to, ANN, OWNER}, by=by, may_manage=manages)
    if what == "take":
        return take(ask, by=by)
    if what == "give back":
        return give_back(ask, by=by, may_manage=manages)
    if what == "time":
        return give_back(ask, by=None)
    if what == "answer":
        return answer(ask, "已为您联系", by=by)
    return close(ask, "已办妥", by=by, may_manage=manages)


@given(st.booleans(), ACTS)
def test_the_owner_is_there_from_the_first_moment_to_the_last(
    within_duty: bool, acts: list[tuple[str, UUID, UUID]]
) -> None:
    ask = receive(owner_id=OWNER, within_duty=within_duty)
    for act in acts:
        before = ask
        try:
            ask = _done(before, *act)
        except Problem:
            continue
        what, by, to = act
        assert ask.owner_id == OWNER
        assert ask.state in STEPS[before.state]
        assert bool(ask.offered_to) == (ask.state is AskState.TRANSFERRED)
        # Nobody has it who did not accept it, and nobody loses it before somebody did.
        assert ask.handler_id == before.handler_id or (
            what == "take" and by == ask.handler_id and by in before.offered_to
        )
        assert (ask.state is AskState.CLOSED) == (ask.outcome is not None)
        if ask.state is AskState.CLOSED:
            assert by in (OWNER, SUPERVISOR)
        if what == "transfer":
            assert (ask.offered_to, ask.handler_id) == ({to}, before.handler_id)
        if what == "transfer to a team":
            assert before.handler_id not in ask.offered_to <= {to, ANN, OWNER}


def transferred(**changes: Any) -> Ask:
    return transfer(receive(owner_id=OWNER, within_duty=False), to={ANN}, by=OWNER, **changes)


def test_a_matter_of_ones_own_is_handled_at_once_and_another_is_passed_on_inside() -> None:
    assert receive(owner_id=OWNER, within_duty=True).state is AskState.HANDLING
    assert receive(owner_id=OWNER, within_duty=False).state is AskState.RECEIVED
    taken = take(transferred(), by=ANN)
    assert (taken.state, taken.owner_id, taken.handler_id) == (AskState.FOLLOWING, OWNER, ANN)
    again = take(transfer(taken, to={BOB}, by=ANN), by=BOB)
    assert (again.state, again.owner_id, again.handler_id) == (AskState.FOLLOWING, OWNER, BOB)


@pytest.mark.parametrize("by", [ANN, None])
def test_what_is_not_taken_is_where_it_was(by: UUID | None) -> None:
    assert give_back(transferred(), by=by) == receive(owner_id=OWNER, within_duty=False)
    followed = transfer(take(transferred(), by=ANN), to={BOB}, by=OWNER)
    back = give_back(followed, by=None)
    assert (back.state, back.handler_id) == (AskState.FOLLOWING, ANN)


def test_those_who_could_pass_it_on_take_it_back_until_somebody_has_it() -> None:
    for by, manages in ((OWNER, False), (SUPERVISOR, True)):
        assert give_back(transferred(), by=by, may_manage=manages).handler_id == OWNER
        with pytest.raises(NoTransfer):
            give_back(take(transferred(), by=ANN), by=by, may_manage=manages)
    for stranger in (BOB, SUPERVISOR):
        with pytest.raises(NoTransfer):
            give_back(transferred(), by=stranger)


def test_only_whom_it_was_offered_to_takes_it() -> None:
    with pytest.raises(NoTransfer):
        take(transferred(), by=BOB)
    with pytest.raises(NoTransfer):
        give_back(receive(owner_id=OWNER, within_duty=False), by=None)
    with pytest.raises(AskStateRefused):
        transfer(transferred(), to={BOB}, by=OWNER)
    with pytest.raises(InvalidInput):
        transfer(receive(owner_id=OWNER, within_duty=False), to={OWNER}, by=OWNER)
    with pytest.raises(NotInCharge):
        transfer(receive(owner_id=OWNER, within_duty=False), to={BOB}, by=ANN)


def test_the_handler_answers_and_the_owner_closes_with_an_outcome() -> None:
    taken = take(transferred(), by=ANN)
    with pytest.raises(NotInCharge):
        answer(taken, "办好了", by=BOB)
    with pytest.raises(AskStateRefused):
        close(taken, "办好了", by=OWNER)
    answered = answer(taken, "请带身份证到 3 号窗口,我陪您去", by=ANN)
    with pytest.raises(NotInCharge):
        close(answered, "办好了", by=ANN)
    with pytest.raises(InvalidInput):
        close(answered, " ", by=OWNER)
    closed = close(answered, "两证均已办妥", by=OWNER)
    assert (closed.state, closed.outcome) == (AskState.CLOSED, "两证均已办妥")
    for again in (lambda: answer(closed, "x", by=OWNER), lambda: transfer(closed, to={BOB}, by=OWNER)):
        with pytest.raises(AskStateRefused):
            again()


def test_nobody_answers_while_it_waits_to_be_taken() -> None:
    with pytest.raises(AskStateRefused):
        answer(transferred(), "办好了", by=OWNER)


def test_of_a_team_whoever_is_first_has_it() -> None:
    offered = transfer(receive(owner_id=OWNER, within_duty=False), to={ANN, BOB}, by=OWNER)
    taken = take(offered, by=BOB)
    assert (taken.handler_id, taken.owner_id, taken.state) == (BOB, OWNER, AskState.FOLLOWING)
    for late in (take, give_back):
        with pytest.raises(NoTransfer):
            late(taken, by=ANN)


def test_a_team_whose_members_all_left_gives_back_by_time() -> None:
    emptied = replace(transferred(), offered_to=frozenset())
    assert give_back(emptied, by=None).state is AskState.RECEIVED


def _helper(n: int, **how: Any) -> Helper:
    post = Place(id=UUID(int=n), path="a", level=AreaLevel.TOWN)
    return Helper(id=UUID(int=n), name="样本", role=Role.HELPER, post=post, **how)


def test_what_is_asked_online_is_never_asked_of_nobody() -> None:
    """Invariant 2: of those on call the first in the order of choice, else of all, else it is refused."""
    helpers = [_helper(3), _helper(1), _helper(2)]
    assert owner_among(helpers) == UUID(int=3)
    assert owner_among(helpers, on_call=[UUID(int=2), UUID(int=1)]) == UUID(int=1)
    assert owner_among(helpers, on_call=[UUID(int=9)]) == UUID(int=3), "who may not be asked is not asked"
    with pytest.raises(NobodyToAsk):
        owner_among([], on_call=[UUID(int=1)])
