"""Pages of a list: every row once, whatever is written meanwhile; a cursor is good for its own list alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from tests.api.access_building import build
from tests.api.access_ledger import PAGE, READERS, Kept, Ledger, begin
from tests.api.casework import Run
from tests.api.clients import Client

from bangban.features.cases.values import CaseState
from bangban.kernel.tenancy.installation import Installation
from bangban.web.services import AppServices


@pytest.fixture(scope="module")
def ledger(installation: Installation, services: AppServices, api: Client, run: Run) -> Ledger:
    return begin(build("access-pages", installation, services, api, run))


@pytest.fixture(scope="module")
def client(ledger: Ledger) -> Callable[[str], Client]:
    """Everybody's client, signed in once."""
    made = {who: ledger.world.client(who) for who in READERS}
    return made.__getitem__


ORDERS = ("NEWEST", "OLDEST", "DUE_FIRST")


@pytest.mark.parametrize("order", ORDERS)
def test_every_row_comes_once_while_others_are_written(
    ledger: Ledger, client: Callable[[str], Client], order: str
) -> None:
    """Between pages new cases come in, before, behind and at the same moment as those already shown."""
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)

    def some(at: dt.datetime, due: int | None) -> list[str]:
        cases = [Kept("village-a", "clerk", "clerk", None, 999) for _ in range(3)]
        return ledger.put(cases, at=at, due=due, state=CaseState.ACCEPTED)

    before = {
        number for k in range(5) for number in some(now - dt.timedelta(minutes=k), None if k == 2 else k)
    }
    before |= set(some(now, 1))
    shown_so_far: list[str] = []
    after, k = None, 0
    while True:
        page_of: dict[str, Any] = {
            "order": order,
            "first": 4,
            "after": after,
            "filter": {"states": ["ACCEPTED"]},
        }
        page = client("village helper")(PAGE, **page_of).data["cases"]
        shown_so_far += [edge["node"]["number"] for edge in page["edges"]]
        assert [edge["cursor"] for edge in page["edges"]][-1] == page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after, k = page["pageInfo"]["endCursor"], k + 1
        if k <= 4:
            some(now - dt.timedelta(minutes=k), k)
            some(now + dt.timedelta(minutes=k), None)
    assert len(shown_so_far) == len(set(shown_so_far))
    assert before <= set(shown_so_far)


def test_pages_are_in_their_order(ledger: Ledger, client: Callable[[str], Client]) -> None:
    query = "query($o: CaseOrder) { cases(orderBy: $o, first: 100) { edges { node { submittedAt clock { dueOn } } } } }"
    for order in ORDERS:
        nodes = [edge["node"] for edge in client("clerk")(query, o=order).data["cases"]["edges"]]
        times = [dt.datetime.fromisoformat(node["submittedAt"]) for node in nodes]
        if order == "DUE_FIRST":
            due = [node["clock"] is None for node in nodes]
            assert due == sorted(due)  # those without a due day come last
        else:
            assert times == sorted(times, reverse=order == "NEWEST")


@pytest.mark.parametrize("first", [0, 101, -1, 1000])
def test_a_page_has_one_to_a_hundred_rows(client: Callable[[str], Client], first: int) -> None:
    for query in ("{ cases(first: %d) { edges { cursor } } }", "{ staff(first: %d) { edges { cursor } } }"):
        reply = client("clerk")(query % first)
        assert reply.code in ("INVALID_INPUT", "LIMIT_EXCEEDED")
        assert reply.body.get("data") is None


def test_a_cursor_belongs_to_its_list_and_order(ledger: Ledger, client: Callable[[str], Client]) -> None:
    ledger.put([Kept("village-a", "clerk", "clerk", None, 999) for _ in range(2)])
    clerk = client("clerk")
    newest = clerk(PAGE, first=1).data["cases"]["pageInfo"]["endCursor"]
    staff = clerk("{ staff(first: 1) { pageInfo { endCursor } } }").data["staff"]["pageInfo"]["endCursor"]
    assert clerk(PAGE, first=1, after=newest).data["cases"]["edges"]
    wrong = [
        ("OLDEST", newest),
        ("DUE_FIRST", newest),
        ("NEWEST", staff),
        ("NEWEST", ""),
        ("NEWEST", "x"),
        ("NEWEST", newest[:-4]),
        ("NEWEST", "bm90IGpzb24="),
    ]
    for order, cursor in wrong:
        reply = clerk(PAGE, first=1, order=order, after=cursor)
        assert (reply.code, reply.body["errors"][0]["extensions"]["fields"]) == (
            "INVALID_INPUT",
            ["after"],
        ), cursor


def test_a_cursor_of_somebody_elses_page_shows_no_more_than_ones_own(
    ledger: Ledger, client: Callable[[str], Client]
) -> None:
    theirs = client("clerk")(PAGE, first=1).data["cases"]["pageInfo"]["endCursor"]
    page = client("village helper")(PAGE, first=100, after=theirs).data["cases"]
    assert {edge["node"]["number"] for edge in page["edges"]} <= ledger.visible("village helper")
    assert page["totalCount"] == len(ledger.visible("village helper"))
