"""What an operation costs: pages multiply, counting has its price, fragments are reckoned once."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import FragmentDefinitionNode, GraphQLObjectType, OperationDefinitionNode, parse

from bangban.web.costs import compile_cost
from bangban.web.limits import TooLarge
from bangban.web.schema import core_schema


def cost(text: str, **variables: Any) -> int:
    document = parse(text)
    fragments = {
        each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
    }
    (operation,) = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    root = core_schema().get_root_type(operation.operation)
    assert isinstance(root, GraphQLObjectType)
    return compile_cost(core_schema(), fragments, root, operation.selection_set).check(variables)


def test_columns_are_free_and_a_row_costs_one() -> None:
    assert cost("{__typename}") == 0
    assert cost("{district{name brand slug}}") == 1
    assert cost('{area(code:"1"){name parent{name}}}') == 2


def test_a_page_costs_its_rows_times_what_each_of_them_costs() -> None:
    # Four for each: the row, its edge, its node, its service.
    assert cost("{cases(first:7){edges{node{service{name}}}}}") == 7 * 4
    assert cost("{cases{edges{node{service{name}}}}}") == 20 * 4
    assert cost("query($n:Int){cases(first:$n){edges{node{service{name}}}}}", n=7) == 7 * 4


def test_a_page_of_unknown_or_absurd_size_costs_the_largest_one() -> None:
    largest = cost("{areas(first:100){edges{node{name}}}}")
    assert cost("{areas(first:2000000000){edges{node{name}}}}") == largest
    assert cost("query($n:Int){areas(first:$n){edges{node{name}}}}") == largest
    assert cost("query($n:Int){areas(first:$n){edges{node{name}}}}", n=None) == largest
    assert cost("{areas(first:null){edges{node{name}}}}") == largest
    assert cost("{areas(first:-5){edges{node{name}}}}") == cost("{areas(first:1){edges{node{name}}}}")


def test_whole_lists_and_counts_have_a_price() -> None:
    assert cost('{case(number:"1"){materials{code}}}') == 1 + 10
    assert cost("{cases(first:1){totalCount}}") == 1 + 20
    assert cost("{a:cases(first:1){totalCount} b:cases(first:1){totalCount}}") == 2 * (1 + 20)


def test_fragments_cost_what_they_bring_wherever_they_are_spread() -> None:
    fragment = "fragment F on Case{materials{code}}"
    plain = cost('{case(number:"1"){materials{code}}}')
    assert cost('{case(number:"1"){...F}}' + fragment) == plain
    assert cost('{case(number:"1"){...on Case{...F}}}' + fragment) == plain
    assert cost('{a:case(number:"1"){...F} b:case(number:"2"){...F}}' + fragment) == 2 * plain


def test_pages_within_pages_are_refused_before_anything_is_read() -> None:
    deep = (
        "{areas(first:100){edges{node{children(first:100){edges{node{children(first:3){edges{cursor}}}}}}}}}"
    )
    with pytest.raises(TooLarge) as refused:
        cost(deep)
    assert refused.value.facts == {"limit": "cost", "limit_zh": "预计行数", "most": 30_000}
    assert cost(deep.replace("100", "10")) <= 30_000
