"""What people are told of a bundle: each ending once, and everything once the last is decided."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

import pytest
from sqlalchemy import update
from tests.integration.features.cases.casework import MONDAY, World
from tests.integration.features.joint.bundling import ITEMS, WHY, accept, applied, cases, finish, stand
from tests.letters import Letters

from bangban.features.accounts.tables import ResidentRow
from bangban.features.cases import messages as of_cases
from bangban.features.cases import service as casework
from bangban.features.cases.tables import CaseRow
from bangban.features.cases.values import CaseOutcome, CaseState, ResultStanding
from bangban.features.joint import messages as of_bundles
from bangban.features.joint import service
from bangban.features.joint.values import ReleaseChoice
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.jobs.deliveries import Delivery, joined
from bangban.kernel.messenger import Message, Template
from bangban.kernel.tenancy.work import Work

_ids = count(1)


def told(world: World, kind: str, case: CaseRow) -> list[Message]:
    """What the outbox's handlers send about one case."""
    letters = Letters()
    handlers = joined(
        of_cases.handlers(world.tenancy, letters, refusals_elsewhere=of_bundles.is_part),
        of_bundles.handlers(world.tenancy, letters),
    )
    delivery = Delivery(
        id=next(_ids), kind=kind, reference=str(case.id), district=world.district, at=MONDAY, tries=1
    )
    world.run(handlers[kind](delivery))
    return letters.sent


def templates(sent: list[Message]) -> list[Template]:
    assert {each.to for each in sent} <= {sample_phone(1)}
    assert len({each.key for each in sent}) == len(sent)
    return [each.template for each in sent]


def speaks(world: World, language: str) -> None:
    """Residents read this language from now on."""

    async def choose(work: Work) -> None:
        await work.db.execute(update(ResidentRow).values(language=language))

    world.act("admin", choose)


def test_the_whole_way(world: World) -> None:
    number = applied(world, "resident", services=list(ITEMS[:3]))
    first, second, third = cases(world, number)
    accept(world, first.number)
    assert templates(told(world, "case.accepted", first)) == [Template.CASE_ACCEPTED]
    accept(world, second.number)
    accept(world, third.number)
    _, whole = told(world, "case.accepted", third)
    assert whole.template is Template.BUNDLE_ACCEPTED
    latest = max(str(row.due_on) for row in cases(world, number))
    assert latest in whole.text
    assert number in whole.text
    world.act("clerk", casework.complete_case, number=first.number, outcome=CaseOutcome.GRANTED)
    (part,) = told(world, "case.completed", first)
    assert part.template is Template.BUNDLE_PART_DONE
    assert "1/3" in part.text
    refusal = {"outcome": CaseOutcome.REFUSED, "opinion": WHY["reason"], "basis": WHY["basis"]}
    world.act("clerk", casework.complete_case, number=second.number, **refusal)
    (refused,) = told(world, "case.completed", second)
    assert refused.template is Template.BUNDLE_PART_REFUSED
    assert WHY["reason"] in refused.text
    assert WHY["basis"] in refused.text
    world.act("clerk", casework.complete_case, number=third.number, outcome=CaseOutcome.GRANTED)
    (ready,) = told(world, "case.completed", third)
    assert ready.template is Template.BUNDLE_RESULTS_READY
    assert "办成 2 项，共 3 项" in ready.text
    assert "一并发放：请到窗口领取，或在网上自行领取" in ready.text
    # Told again, or of another that ended before: the last one's message is the one with everything.
    assert templates(told(world, "case.completed", second)) == [Template.BUNDLE_PART_REFUSED]


@pytest.mark.parametrize("release", list(ReleaseChoice))
def test_a_refusal_is_told_once_with_its_reasons_whether_others_go_on_or_not(
    world: World, release: ReleaseChoice
) -> None:
    number = applied(world, "resident", services=list(ITEMS[:3]), release=release)
    declined, first, last = cases(world, number)
    world.act("clerk", casework.decline_case, number=declined.number, **WHY)
    accept(world, last.number)
    finish(world, first.number, **REFUSED)
    world.act("clerk", casework.complete_case, number=last.number, **REFUSED)
    told_of = {
        "declined": told(world, "case.declined", declined),
        "first": told(world, "case.completed", first),
        "last": told(world, "case.completed", last),
    }
    refused = Template.BUNDLE_PART_REFUSED
    assert {who: templates(each) for who, each in told_of.items()} == {
        "declined": [refused],
        "first": [refused],
        "last": [refused, Template.BUNDLE_RESULTS_READY],
    }
    for each in (sent[0] for sent in told_of.values()):
        assert all(words in each.text for words in (*WHY.values(), "行政复议"))
    (letter, _) = told_of["last"]
    assert "其他事项" not in letter.text


def test_in_parts_each_case_tells_of_itself(world: World) -> None:
    number = applied(world, "resident", services=list(ITEMS[:2]), release=ReleaseChoice.IN_PARTS)
    first, _ = cases(world, number)
    finish(world, first.number)
    assert templates(told(world, "case.completed", first)) == [Template.CASE_COMPLETED]


REFUSED = {"outcome": CaseOutcome.REFUSED, "opinion": WHY["reason"], "basis": WHY["basis"]}


@pytest.mark.parametrize(
    ("release", "outcome", "given_out", "said"),
    [
        (
            "TOGETHER",
            {},
            False,
            ("一并发放：请到窗口领取", "a window gives them to you, or you take them online"),
        ),
        ("TOGETHER", {}, True, ("结果已可领取", "The results can be collected")),
        ("IN_PARTS", {}, False, ("结果已可领取", "The results can be collected")),
        ("TOGETHER", REFUSED, False, ("没有可领取的结果", "There is no result to collect")),
    ],
)
def test_how_results_are_had_is_said_as_it_is(
    world: World, release: str, outcome: dict[str, Any], given_out: bool, said: tuple[str, str]
) -> None:
    number = applied(world, "resident", services=list(ITEMS[:2]), release=ReleaseChoice(release))
    for each in cases(world, number):
        finish(world, each.number, **outcome)
    if given_out:
        world.act("clerk", service.release_results, number=number)
    for language, words in (("en", said[1]), ("zh-CN", said[0])):
        speaks(world, language)
        told_of = told(world, "case.completed", cases(world, number)[-1])
        (ready,) = (each for each in told_of if each.template is Template.BUNDLE_RESULTS_READY)
        assert words in ready.text


def test_a_result_that_is_withdrawn_ends_its_case_once_more(world: World) -> None:
    """With what is left of the others; where the others are still open it is told with them."""
    number = applied(world, "resident", services=list(ITEMS[:2]))
    first, second = cases(world, number)
    for each in (first, second):
        finish(world, each.number)

    async def withdraw(work: Work) -> None:
        void = {"state": CaseState.TERMINATED, "result_standing": ResultStanding.WITHDRAWN}
        later = {"ended_at": MONDAY + dt.timedelta(days=4)}
        await work.db.execute(update(CaseRow).where(CaseRow.id == first.id).values(**void, **later))

    world.act("admin", withdraw)
    (ready,) = (
        each
        for each in told(world, "case.result-withdrawn", first)
        if each.template is Template.BUNDLE_RESULTS_READY
    )
    assert "办成 1 项，共 2 项" in ready.text
    assert told(world, "case.completed", second) == [], "the withdrawal is the last that is told of it"


@pytest.mark.parametrize(
    ("state", "outcome", "zh", "en"),
    [
        (CaseState.COMPLETED, CaseOutcome.GRANTED, "办结", "done"),
        (CaseState.COMPLETED, CaseOutcome.REFUSED, "未予办理", "refused"),
        (CaseState.DECLINED, None, "未予办理", "refused"),
        (CaseState.TERMINATED, None, "已终止", "ended without a result"),
    ],
)
def test_what_came_of_each_is_said_as_it_was(
    world: World, state: CaseState, outcome: CaseOutcome | None, zh: str, en: str
) -> None:
    """Nobody refused what its applicant withdrew."""
    number = applied(world, "resident", services=list(ITEMS[:3]))
    done, other, withdrawn = cases(world, number)
    finish(world, done.number)
    stand(world, other.id, state, outcome, ended_at=MONDAY)
    world.act("resident", casework.withdraw_case, number=withdrawn.number)
    names = [f"样本事项{code[-6:]}" for code in ITEMS[:3]]
    for language, words in (("en", ("done", en, "withdrawn")), ("zh-CN", ("办结", zh, "已撤回"))):
        speaks(world, language)
        (ready,) = told(world, "case.withdrawn", withdrawn)
        assert ready.template is Template.BUNDLE_RESULTS_READY
        said = [f"{name}:{word}" for name, word in zip(names, words, strict=True)]
        assert all(each in ready.text for each in said), ready.text


def test_that_all_are_accepted_is_one_message_however_many_find_it_so(world: World) -> None:
    number = applied(world, "resident", services=list(ITEMS[:3]))
    first, second, third = cases(world, number)
    accept(world, first.number)
    accept(world, second.number)
    assert templates(told(world, "case.accepted", second)) == [Template.CASE_ACCEPTED]
    # The one that nobody accepted is given up: all that go on are accepted by that.
    world.act("resident", casework.withdraw_case, number=third.number)
    (whole,) = told(world, "case.withdrawn", third)
    found = [whole, *(told(world, "case.accepted", each)[1] for each in (first, second))]
    assert {each.template for each in found} == {Template.BUNDLE_ACCEPTED}
    assert len({(each.key, each.at, each.text) for each in found}) == 1
    # One that was accepted and ends says nothing of the others' acceptance.
    world.act("clerk", casework.complete_case, number=first.number, outcome=CaseOutcome.GRANTED)
    assert templates(told(world, "case.completed", first)) == [Template.BUNDLE_PART_DONE]


def test_a_bundle_of_which_nothing_came_has_nothing_to_collect(world: World) -> None:
    number = applied(world, "resident", services=list(ITEMS[:2]))
    made = cases(world, number)
    for row in made:
        world.act("resident", casework.withdraw_case, number=row.number)
    assert told(world, "case.withdrawn", made[-1]) == []
