"""What people write in their own words holds nobody's numbers, can be read, and is no book, wherever it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, cast

import pytest
from graphql import GraphQLInputObjectType, build_schema, get_named_type
from tests.api import operator_steps
from tests.api.casework import Desk, Run
from tests.api.clients import Place
from tests.api.leaving_steps import GOING
from tests.api.named import sent_by
from tests.api.operation_steps import step_of

from bangban.kernel.identifiers import NumberInText, WordsUnseen, sample_phone, sample_resident_id
from bangban.settings import Settings
from bangban.web.schema import sdl
from bangban.web.services import AppServices

WORDS = frozenset(
    [
        "note",
        "reason",
        "opinion",
        "comment",
        "matter",
        "purpose",
        "said",
        "how",
        "explanation",
        "text",
        "result",
        "outcome",
        "basis",
    ]
)
# About days, districts, delegations and the words of messages: nobody is told of in these.
OF_NOBODY = frozenset(
    {
        *("suspendDistrict", "rejectOnboarding", "closeDay", "openDay"),
        *("publishServiceItem", "delegateService", "withdrawDelegation", "cancelOutreach", "setWording"),
    }
)
NOT_ASKED = ("issueTicket", ("atTerminal", "papers", "note"))  # the same rule as of checkPapers
UNFIT = {
    f"请打 {sample_phone(7)} 找我": NumberInText.zh,
    f"证件 {sample_resident_id(7)}": NumberInText.zh,
    "长" * 20_001: "",  # each has a bound of its own
    "\u200b" * 6: WordsUnseen.zh,
    "请看反面\u202e": WordsUnseen.zh,
}
FAULTS = frozenset({"importGroupLog"})  # names them line by line instead


def _paths(of: GraphQLInputObjectType) -> Iterator[tuple[str, ...]]:
    for name, field in of.fields.items():
        inner = get_named_type(field.type)
        if isinstance(inner, GraphQLInputObjectType):
            yield from ((name, *path) for path in _paths(inner))
        elif name in WORDS and inner.name == "String":
            yield (name,)


def _places() -> list[tuple[str, tuple[str, ...]]]:
    mutations = build_schema(sdl()).mutation_type
    assert mutations is not None
    return [
        (name, path)
        for name, field in mutations.fields.items()
        if name not in OF_NOBODY and "input" in field.args
        for path in _paths(cast("GraphQLInputObjectType", get_named_type(field.args["input"].type)))
        if (name, path) != NOT_ASKED
    ]


@pytest.fixture(scope="module")
def desk(
    zouping: Place,
    zibo: Place,
    place: Callable[[str], Place],
    services: AppServices,
    run: Run,
    app_settings: Settings,
) -> Desk:
    others = {each: place(each) for each in (zibo.slug, operator_steps.QUIET, GOING)}
    return Desk(zouping, services, run, app_settings.outbox_folder, others=others)


def _put(given: Any, path: tuple[str, ...], text: str) -> bool:
    """Say it there, in the first of a list; False where this step has no such part."""
    for name in path[:-1]:
        given = given.get(name)
        given = given[0] if isinstance(given, list) and given else given
        if not isinstance(given, dict):
            return False
    given[path[-1]] = text
    return True


def _where_heard(mutation: str, given: dict[str, Any]) -> dict[str, Any]:
    """The step as it stands where such words are listened to."""
    if mutation == "takeFirstAsk":
        return given | {"accept": False}
    if mutation == "checkPapers":
        first, *others = given["papers"]
        return given | {"papers": [first | {"state": "MISSING"}, *others]}
    return given


def test_there_are_enough_places_to_look_at() -> None:
    assert len(_places()) > 35


@pytest.mark.parametrize(("mutation", "path"), _places())
def test_no_free_words_hold_a_number_or_are_unseen_or_a_book(
    desk: Desk, mutation: str, path: tuple[str, ...]
) -> None:
    name = mutation[0].upper() + mutation[1:]
    client, variables = step_of(desk, name)
    for text, refusing in UNFIT.items():
        tried = {"input": _where_heard(mutation, deepcopy(variables["input"]))}
        assert _put(tried["input"], path, text), f"the step of {name} says nothing at {path}"
        reply = sent_by(client, name, tried)[0]
        if mutation in FAULTS:
            assert reply.data[mutation]["faults"], text
            assert not reply.data[mutation]["applied"]
            continue
        assert reply.code == "INVALID_INPUT", f"{name} {path}: {reply.body}"
        refusal = reply.body["errors"][0]
        (field,) = refusal["extensions"]["fields"]
        assert [part for part in field.split(".") if not part.isdigit()] == ["input", *path]
        if text[0] != "长":
            assert refusal["message"] == refusing
    # What was refused left no trace: the same is done now, in words that say nothing of the kind.
    assert sent_by(client, name, variables)[0].data
