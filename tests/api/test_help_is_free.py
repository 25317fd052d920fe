"""Help costs nothing (DOMAIN C01, invariant 18): however it begins, nobody can name a fee, and none is kept."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLNamedType, get_named_type
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from tests.api.casework import Desk, mutation_of
from tests.api.operation_steps import STEPS
from tests.api.shapes import Step

from bangban.features.orders.tables import OrderRow
from bangban.kernel.database.base import TenantBase
from bangban.web.schema import core_schema

MONEY = re.compile(r"fee|price|charge|cost|amount|payment|money|yuan", re.IGNORECASE)
STATUTORY = {"ServiceItemInput.fee", "FeeInput.amount"}  # what the law charges for the matter itself
REQUESTS = {"SetDistrictQuotasInput.costPerMinute"}  # of queries, and no money
REFUSED = {"PlaceOrderInput.fee"}  # there so that a client which names one is told why it is refused
WAYS = ("applyForCase", "applyForBundle", "collectBatch", "placeOrder", "greetVisitor", "recordFirstAsk")
"""Every mutation with which help begins."""

AMOUNTS = st.one_of(
    st.decimals(min_value=-1_000, max_value=100_000, places=2).filter(bool).map(str),
    st.sampled_from(["0.01", "-0.01", "1e9", "1E-3", "99999999999999999999.99"]),
)
FREE = st.sampled_from([None, "0", "0.00", "-0", "0E+3"])
NAMES = st.sampled_from(
    ["fee", "Fee", "serviceFee", "agencyFee", "price", "charge", "cost", "amount", "payment"]
)


def step_of(desk: Desk, way: str) -> Step:
    return STEPS[f"{way[0].upper()}{way[1:]}"](desk)


def inputs() -> dict[str, GraphQLInputObjectType]:
    """Every input object of the schema, by name."""
    types: dict[str, GraphQLNamedType] = core_schema().type_map
    return {name: each for name, each in types.items() if isinstance(each, GraphQLInputObjectType)}


def test_no_input_has_a_place_for_a_fee_of_help() -> None:
    found = {
        f"{name}.{field}" for name, each in inputs().items() for field in each.fields if MONEY.search(field)
    }
    arguments = {
        f"{type_.name}.{name}({argument})"
        for type_ in (core_schema().mutation_type, core_schema().query_type)
        if type_ is not None
        for name, field in type_.fields.items()
        for argument in field.args
        if MONEY.search(argument)
    }
    assert found == STATUTORY | REQUESTS | REFUSED
    assert not arguments


def test_what_begins_help_reaches_no_statutory_fee_either() -> None:
    mutations = core_schema().mutation_type
    assert mutations is not None
    for way in WAYS:
        waiting = [get_named_type(each.type) for each in mutations.fields[way].args.values()]
        reached: set[str] = set()
        while waiting:
            type_ = waiting.pop()
            if isinstance(type_, GraphQLInputObjectType) and type_.name not in reached:
                reached.add(type_.name)
                waiting += [get_named_type(each.type) for each in type_.fields.values()]
        assert "FeeInput" not in reached, way


def test_no_row_of_a_district_keeps_a_fee_but_the_laws() -> None:
    found = {
        f"{table.name}.{column.name}"
        for table in TenantBase.metadata.tables.values()
        for column in table.columns
        if MONEY.search(column.name)
    }
    assert found == {"service_item.fee_amount", "service_item.fee_basis"}


def test_whoever_names_a_fee_is_refused_and_nothing_begins(desk: Desk) -> None:
    prepared = {way: step_of(desk, way) for way in WAYS}

    def begun() -> tuple[int, int]:
        orders = desk.scalar(select(func.count()).select_from(OrderRow))
        return desk.cases(), int(orders)

    before = begun()

    @settings(max_examples=40, deadline=None)
    @given(way=st.sampled_from(WAYS), name=NAMES, amount=AMOUNTS)
    def refused(way: str, name: str, amount: str) -> None:
        client, given_ = prepared[way]
        reply = client(mutation_of(way, "id"), input={**given_, name: amount})
        known = (way, name) == ("placeOrder", "fee")
        assert reply.code == ("INVALID_INPUT" if known else "GRAPHQL_VALIDATION_FAILED"), (way, name, amount)

    refused()
    assert begun() == before


def test_naming_none_or_nothing_is_naming_none(desk: Desk) -> None:
    @settings(max_examples=6, deadline=None)
    @given(fee=FREE)
    def placed(fee: str | None) -> None:
        client, given_ = step_of(desk, "placeOrder")
        order: Any = client(mutation_of("placeOrder", "id fee"), input={**given_, "fee": fee}).data[
            "placeOrder"
        ]
        assert Decimal(order["fee"]) == 0

    placed()
