"""Being led by questions, over the wire: as the rules walk, one statement a step, and in the version one began with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from tests.api.casework import PERMIT, Desk, Run, mutation_of
from tests.api.clients import Place
from tests.api.parts.guidance import GUIDE, SAID, guide

from bangban.features.catalog.service.definitions import hold_catalog
from bangban.features.guidance.questions import Answer, Node, Words
from bangban.features.guidance.rules import walk
from bangban.features.guidance.service import publish_guidance
from bangban.settings import Settings
from bangban.web.services import AppServices

STEP = """query($code: String!, $version: Int, $answers: [String!]) {
  guidance(code: $code, version: $version, answers: $answers) {
    version
    question { text textEn answers { key label labelEn } }
    end { service { code materials { code } } bundle { code } advice adviceEn }
  } }"""
TOPICS = "query($on: Date) { guidances(first: 100, on: $on) { edges { node { code version name } } } }"
OTHER = Words(zh="请到窗口", en="Please come to the window")


@pytest.fixture(scope="module")
def desk(rushan: Place, services: AppServices, run: Run, app_settings: Settings) -> Desk:
    """乳山, where two versions of the questions were published: the later holds from tomorrow."""
    desk = Desk(rushan, services, run, app_settings.outbox_folder)
    desk.inside(lambda work: publish_guidance(work, [(guide(PERMIT), "sample")]))
    return desk


def step(desk: Desk, *answers: str, **more: Any) -> Any:
    given = {"code": GUIDE, "answers": list(answers), **more}
    return desk.place.anonymous(STEP, **given).data["guidance"]


def test_anybody_is_led_to_the_same_place_as_by_the_rules(desk: Desk) -> None:
    draft = guide(PERMIT)
    keys = ("further", "at-once", "this", "nonsense")
    for answers in [given for length in range(4) for given in product(keys, repeat=length)]:
        expected, found = walk(draft, answers), step(desk, *answers)
        if expected is None:
            assert found is None, answers
        elif isinstance(expected, Node):
            assert found["end"] is None
            assert found["question"]["text"] == expected.question.zh
            assert [each["key"] for each in found["question"]["answers"]] == [
                each.key for each in expected.answers
            ]
        else:
            assert isinstance(expected, Answer)
            assert found["question"] is None
            assert found["end"]["service"]["code"] == expected.item
            assert found["end"]["service"]["materials"], "with its papers"


def test_without_answers_it_begins(desk: Desk) -> None:
    begun = desk.place.anonymous(STEP, code=GUIDE).data["guidance"]
    assert (begun["version"], begun["end"]) == (1, None)
    assert [each["key"] for each in begun["question"]["answers"]] == ["further", "at-once"]


def test_questions_that_nobody_published_are_none(desk: Desk) -> None:
    assert step(desk, version=7) is None
    assert desk.place.anonymous(STEP, code="NO-SUCH").data["guidance"] is None


def test_whoever_began_goes_on_in_that_version(desk: Desk, zouping: Place) -> None:
    other = replace(
        guide(PERMIT),
        nodes=(
            Node(
                key="first",
                question=Words(**SAID),
                answers=(Answer(key="at-once", label=Words(**SAID), advice=OTHER),),
            ),
        ),
    )
    desk = Desk(zouping, desk.services, desk.run, desk.outbox)

    async def publish_both(work: Any) -> None:
        await hold_catalog(work)
        today = work.today
        await publish_guidance(work, [(replace(guide(PERMIT), code="TWO-VERSIONS"), "sample")])
        begins = replace(other, code="TWO-VERSIONS", effective_from=today)
        await publish_guidance(work, [(begins, "sample")])
        later = replace(begins, name="再改", effective_from=today + timedelta(days=3))
        await publish_guidance(work, [(later, "sample")])

    desk.inside(publish_both)
    two = {"code": "TWO-VERSIONS"}
    assert step(desk, "at-once", **two)["end"] == {
        "service": None,
        "bundle": None,
        "advice": OTHER.zh,
        "adviceEn": OTHER.en,
    }
    assert step(desk, "further", **two) is None, "today's version has no such answer"
    assert step(desk, "further", version=1, **two)["question"] is not None
    assert step(desk, "at-once", version=1, **two)["end"]["service"]["code"] == PERMIT
    # Whoever publishes for a later day can read it before that day.
    assert step(desk, "at-once", version=3, **two)["end"]["advice"] == OTHER.zh
    today = desk.inside(_today)
    for day, name, version in (
        (None, guide(PERMIT).name, 2),
        (today, guide(PERMIT).name, 2),
        (today + timedelta(days=3), "再改", 3),
    ):
        listed = desk.place.anonymous(TOPICS, on=None if day is None else day.isoformat()).data["guidances"]
        assert [each["node"] for each in listed["edges"] if each["node"]["code"] == "TWO-VERSIONS"] == [
            {"code": "TWO-VERSIONS", "version": version, "name": name}
        ], day


async def _today(work: Any) -> Any:
    return work.today


def test_an_end_before_the_beginning_is_said_once(desk: Desk) -> None:
    given = {
        "code": "ENDS-FIRST",
        "name": "错",
        "start": "a",
        "nodes": [
            {
                "key": "a",
                "question": SAID,
                "answers": [{"key": key, "label": SAID, "item": PERMIT} for key in "xy"],
            }
        ],
        "effectiveFrom": "2036-01-02",
        "effectiveTo": "2036-01-01",
    }
    (error,) = desk.staff("admin")(mutation_of("publishGuidance", "code"), input=given).body["errors"]
    assert error["extensions"]["fields"] == ["input.effectiveTo"]
    assert error["message"].count("失效日期") == 1


def test_faulty_questions_are_refused_with_every_fault(desk: Desk) -> None:
    admin = desk.staff("admin")
    given = {
        "code": "FAULTY-GUIDE",
        "name": "错",
        "start": "a",
        "nodes": [
            {
                "key": "a",
                "question": SAID,
                "answers": [
                    {"key": "x", "label": SAID, "next": "a"},
                    {"key": "y", "label": SAID, "item": "NONE"},
                    {"key": "z", "label": SAID},
                ],
            },
            {"key": "b", "question": SAID, "answers": [{"key": "x", "label": SAID, "item": PERMIT}]},
        ],
    }
    reply = admin(mutation_of("publishGuidance", "code"), input=given)
    (error,) = reply.body["errors"]
    assert error["extensions"]["code"] == "ITEM_FAULTY"
    assert error["extensions"]["fields"] == [
        "input.nodes.0.answers.2",
        "input.nodes.0.answers.1.item",
        "input.nodes.0",
        "input.nodes.1",
    ]
