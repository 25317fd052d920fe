"""What is kept between requests: forms and bindings without values, in stores of a fixed size."""

from __future__ import annotations

import gc
import tracemalloc
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest
from graphql import GraphQLField, OperationDefinitionNode, OperationType
from tests.unit.kernel.planner.planning import Told, facts

from bangban.kernel.access.grants import Scope, Variant
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.forms import Form, form_of
from bangban.kernel.planner.parameters import Facts, Recipe
from bangban.kernel.planner.planner import Bound, Planner
from bangban.kernel.planner.selection import Selected
from bangban.kernel.problems import InvalidInput
from bangban.web.preparing import Preparing
from bangban.web.requests import Request
from bangban.web.schema import core_schema

DISTRICTS, OPERATIONS = 3000, 200
_HOLDERS = (dict, list, tuple, set, frozenset, Form, Selected, Bound, Recipe)
NAMES = """query($s: String, $n: Int, $f: CaseFilter, $i: Boolean = false) {
    cases(filter: $f, first: $n) { edges { node { number state @skip(if: $i) } } }
    areas(search: $s, first: 3) { totalCount } }"""
SECRETS = {"s": "13912345678", "f": {"search": "110101199003078888", "states": ["SUBMITTED"]}, "n": 17}


@dataclass
class Granted(Told):
    """Grants that know their variants, as the real ones do."""

    scopes: dict[Permission, Scope] = field(default_factory=dict)

    def variants(self, permissions: tuple[Permission, ...]) -> tuple[Variant, ...]:
        return tuple(self.scope(each).variant for each in permissions)


@dataclass
class Kept:
    """One request's way through what is kept."""

    planner: Planner
    preparing: Preparing = field(
        default_factory=lambda: Preparing(core_schema(), introspection_for_anonymous=False)
    )

    def bound(self, text: str, variables: dict[str, Any], given: Facts) -> tuple[Form, Bound, dict[str, Any]]:
        request = Request(text, variables)
        known = self.preparing.known(request)
        assert known.kind is OperationType.QUERY
        assert isinstance(known.definition, OperationDefinitionNode)
        fitted = known.variables.fit(variables)
        assert fitted is not None
        tree = self.preparing.tree(known, request)
        form = form_of(tree, asked=set())
        return form, self.planner.bound(form, lambda: tree, given), fitted[0]


def everything_within(*roots: Any) -> str:
    """Every text and number that can be reached from ``roots`` without going through modules and classes."""
    seen: set[int] = set()
    found: list[str] = []
    waiting = list(roots)
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, type | ModuleType | GraphQLField):
            continue
        seen.add(id(each))
        if isinstance(each, str | bytes):
            found.append(str(each))
        elif isinstance(each, _HOLDERS) or callable(each):
            waiting += [other for other in gc.get_referents(each) if not isinstance(other, type)]
    return "\n".join(found)


def test_a_form_and_its_binding_hold_no_value_of_the_request_they_were_made_for() -> None:
    kept = Kept(Planner())
    granted: Any = Granted({Permission.CASE_READ: Scope(paths=("some.path.of.areas",))})
    form, bound, coerced = kept.bound(NAMES, SECRETS, facts(granted, me="a-person"))
    arguments = bound.arguments(coerced, facts(granted, me="a-person"))
    assert "13912345678" in str(arguments)
    assert ["some.path.of.areas"] in arguments
    assert 18 in arguments  # seventeen rows and one more
    reachable = everything_within(form, bound, form.sites, bound.statement.sql, bound.parameters)
    assert "search" in reachable
    for secret in ("13912345678", "110101199003078888", "some.path", "a-person"):
        assert secret not in reachable


def test_a_binding_fills_in_whoever_asks_next() -> None:
    kept = Kept(Planner())
    one: Any = Granted({Permission.CASE_READ: Scope(paths=("aaa",))})
    other: Any = Granted({Permission.CASE_READ: Scope(paths=("bbb", "ccc"))})
    form, bound, _ = kept.bound(NAMES, SECRETS, facts(one))
    again = kept.planner.bound(form, lambda: pytest.fail("there is a plan"), facts(other))
    assert again is bound
    arguments = again.arguments(
        {"s": "村", "n": 2, "f": {"states": ["ACCEPTED"], "search": "x"}}, facts(other)
    )
    assert ["bbb", "ccc"] in arguments
    assert ["aaa"] not in arguments
    assert 3 in arguments
    assert "13912345678" not in str(arguments)


def test_pages_are_checked_whatever_is_selected_of_them() -> None:
    form, _, _ = Kept(Planner()).bound(
        "query($n: Int) { areas(first: $n) { totalCount } }", {}, facts(_whole())
    )
    form.check_pages({"n": 100})
    form.check_pages({"n": None})
    form.check_pages({})
    for wrong in (0, 101, -1):
        with pytest.raises(InvalidInput):
            form.check_pages({"n": wrong})


def test_memory_is_bounded_with_all_districts_asking_for_all_operations() -> None:
    planner = Planner(most_plans=OPERATIONS, most_texts=400)
    kept = Kept(planner)
    bounds = [
        kept.bound(
            f"query Q{n} {{ a{n}: cases(first: 5) {{ edges {{ node {{ number }} }} }} }}", {}, facts(_whole())
        )[1]
        for n in range(OPERATIONS)
    ]
    tracemalloc.start()
    try:
        for number in range(DISTRICTS):
            schema = f"d_{number}"
            text = planner.text(bounds[number % OPERATIONS].statement, schema)
            assert f'"{schema}"' in text
            assert text is planner.text(bounds[number % OPERATIONS].statement, schema)
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(planner._texts) == 400
    assert len(planner) == len(planner._bound) == OPERATIONS
    longest = max(len(each.statement.sql) for each in bounds) + 100
    assert held < 400 * (longest + 1000)


def _whole() -> Any:
    return Granted()
