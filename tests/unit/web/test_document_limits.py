"""Every limit of a document: one at its edge is read, one beyond it is refused, and nothing costs more to refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from graphql import get_introspection_query, parse
from tests.unit.web.bombs import NESTED, chain, parents, spread_in_a_ring, spread_twice

from bangban.web import documents as documents_module
from bangban.web import limits
from bangban.web.documents import Documents, ParseFailed, ValidationFailed
from bangban.web.limits import Limiter, TooLarge
from bangban.web.schema import core_schema


def read(text: str) -> None:
    Documents(core_schema()).get(text)


def refusal(text: str) -> str:
    """Which limit a document goes beyond."""
    with pytest.raises(TooLarge) as refused:
        read(text)
    return str(refused.value.facts["limit"])


def tokens(variables: int) -> str:
    """A document of four tokens for each variable and nine more. Unused variables are no limit's business."""
    return "query Q(" + "".join(f"$v{n}:Int " for n in range(variables)) + "){__typename}"


def fields(wanted: int) -> str:
    return "{" + " ".join(["__typename"] * wanted) + "}"


def aliases(wanted: int) -> str:
    return "{district{" + " ".join(f"a{n}:name" for n in range(wanted)) + "}}"


def repeated(wanted: int) -> str:
    """So many objects that stand beside another of the same key."""
    return "{" + "district{name}" * (wanted + 1) + "}"


def roots(wanted: int) -> str:
    """So many root fields, some of them in fragments."""
    plain = [f'a{n}:area(code:"{n}"){{id}}' for n in range(wanted // 2)]
    spread = [f'a{n}:area(code:"{n}"){{id}}' for n in range(wanted // 2, wanted)]
    return "{" + "".join(plain) + "...{...Rest}}" + "fragment Rest on Query{" + "".join(spread) + "}"


def mutations(wanted: int) -> str:
    """So many things to do, the first beside the type's name and the others in fragments."""
    first, *others = [f"m{n}:signOut" for n in range(wanted)]
    return (
        "mutation{t:__typename "
        + first
        + " ...{...Rest}}"
        + "fragment Rest on Mutation{__typename "
        + " ".join(others)
        + "}"
    )


def directives(wanted: int) -> str:
    # One to a field: a directive may not be repeated.
    return "{" + "__typename @skip(if:false) " * wanted + "}"


# Written out, so that a limit which is switched off fails here and does not ask for a document without end.
LIMITS: list[tuple[str, Callable[[int], str], int]] = [
    ("depth", parents, 20),
    ("fields", fields, 1000),
    ("aliases", aliases, 60),
    ("repeated objects", repeated, 30),
    ("root fields", roots, 20),
    ("root fields of a mutation", mutations, 1),
    ("directives", directives, 60),
    ("fragments", chain, 60),
    ("document characters", lambda n: "{__typename}#" + "x" * (n - 13), 64_000),
]


@pytest.mark.parametrize(("name", "make", "most"), LIMITS, ids=[name for name, _, _ in LIMITS])
def test_a_document_may_go_as_far_as_the_limit_and_no_further(
    name: str, make: Callable[[int], str], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Validation has bounds of its own; what is shown here is that ours lets this much through.
    monkeypatch.setattr(documents_module, "validate", lambda *_, **__: [])
    if name == "fragments":  # a chain is as deep as it is long
        monkeypatch.setattr(limits, "MOST_NESTING", most + 2)
    read(make(most))
    assert refusal(make(most + 1)) == name


def test_tokens_are_counted_while_they_are_read() -> None:
    with pytest.raises(ValidationFailed):  # nobody uses these variables, but they are not too many
        read(tokens(4000 // 4 - 3))
    assert refusal(tokens(4000 // 4)) == "tokens"


def test_nesting_counts_braces_that_are_no_fields() -> None:
    read(NESTED["inline fragments"](60 - 2))
    assert refusal(NESTED["inline fragments"](60 + 1)) == "nesting"


def test_limits_add_up_what_fragments_bring_each_time_they_are_spread() -> None:
    half = "fragment Half on Area{" + " ".join(f"a{n}:name" for n in range(60 // 2)) + "}"
    read('{area(code:"1"){...Half parent{...Half}}}' + half)
    assert refusal('{area(code:"1"){...Half parent{...Half parent{...Half}}}}' + half) == "aliases"


def test_the_standard_introspection_query_is_within_the_limits() -> None:
    read(get_introspection_query())


def test_refusals_are_sentences_in_both_languages() -> None:
    for name in limits._CHINESE:
        problem = TooLarge(name, 7)
        assert name in problem.message("en")
        assert limits._CHINESE[name] in problem.message("zh-CN")
        assert not name.isascii() or name not in problem.message("zh-CN")


# -------------------------------------------------------------------- bombs


@pytest.mark.parametrize("on", ["Query", "Area"])
@pytest.mark.parametrize("leaf", ["__typename", "id"])
@pytest.mark.parametrize("fragments", [18, 20, 26])
def test_fragments_that_spread_each_other_twice_are_refused_in_as_many_steps_as_there_are(
    fragments: int, on: str, leaf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("validation is what such a document aims at")

    monkeypatch.setattr(documents_module, "validate", never)
    bomb = spread_twice(fragments, on=on, leaf=leaf)
    limiter = Limiter(parse(bomb))
    with pytest.raises(TooLarge):
        limiter.check()
    assert limiter.steps <= 2 * fragments + 4
    assert refusal(bomb) == "fields"


def test_what_is_let_through_took_no_more_steps_either() -> None:
    limiter = Limiter(parse(spread_twice(9)))  # 256 fields written out
    limiter.check()
    assert limiter.steps <= 2 * 9 + 4


def test_the_bomb_that_was_measured_has_705_bytes() -> None:
    bomb = spread_twice(24) + "\n"  # eight million fields written out
    assert len(bomb) == 705
    limiter = Limiter(parse(bomb))
    with pytest.raises(TooLarge):
        limiter.check()
    assert limiter.steps <= 50
    assert refusal(bomb) == "fields"


@pytest.mark.parametrize("wide", [2, 3, 8])
def test_a_web_of_fragments_is_measured_in_as_many_steps_too(wide: int) -> None:
    count = 60
    text = "{...A0}" + "".join(
        f"fragment A{n} on Query{{"
        + (" ".join(f"...A{m}" for m in range(n + 1, min(n + 1 + wide, count))) or "__typename")
        + "}"
        for n in range(count)
    )
    limiter = Limiter(parse(text))
    with pytest.raises(TooLarge):
        limiter.check()
    assert limiter.steps <= 2 * count + 4


@pytest.mark.parametrize("size", [1, 2, 7, 50])
def test_fragments_in_a_ring_are_left_to_validation(size: int) -> None:
    with pytest.raises(ValidationFailed) as refused:
        read(spread_in_a_ring(size))
    assert "Cannot spread fragment" in refused.value.errors[0].message


@pytest.mark.parametrize("what", NESTED)
@pytest.mark.parametrize("depth", [30, 60, 150, 190, 194, 400, 1000, 5000])
def test_however_deep_something_is_nested_it_is_refused_and_nothing_breaks(what: str, depth: int) -> None:
    try:
        read(NESTED[what](depth))
    except (TooLarge, ParseFailed, ValidationFailed):
        return
    assert what == "inline fragments", "these alone are allowed to go that deep"
    assert depth < 60


def test_a_recursion_error_of_a_reader_is_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def deep(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr(documents_module, "validate", deep)
    assert refusal("{__typename}") == "nesting"


# -------------------------------------------------------------------- the store


def test_the_store_of_documents_is_bounded_and_forgets_the_least_used() -> None:
    documents = Documents(core_schema())
    first = documents.get("{__typename}")
    for number in range(documents_module._MOST_DOCUMENTS + 10):
        documents.get(f"query Q{number}{{__typename}}")
        assert documents.get("{__typename}") is first
    assert len(documents._known) == documents_module._MOST_DOCUMENTS
    assert "query Q0{__typename}" not in documents._known


def test_what_was_refused_is_not_stored() -> None:
    documents = Documents(core_schema())
    for text in ("{", "{nothing}", spread_twice(20), "x" * (64_000 + 1)):
        with pytest.raises((TooLarge, ParseFailed, ValidationFailed)):
            documents.get(text)
    assert len(documents._known) == 0
