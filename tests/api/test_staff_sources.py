"""Where helpers come from is one of a list (DOMAIN G04); what was written before there was a list breaks no reading."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from tests.api.casework import Desk, fresh
from tests.api.staffing import VILLAGE, asked, file_of, hired, made, person

from bangban.features.people.naming import check_source
from bangban.features.people.problems import SourceUnknown
from bangban.features.people.tables import StaffRow
from bangban.features.people.values import SOURCE_NAMES, StaffSource
from bangban.kernel.tenancy.work import Work

READ = """{ staff(first: 100) { edges { node { id source } } } }"""
LISTED = """query($a: String) { staffAccounts(first: 100, after: $a) { edges { node { id source } }
    pageInfo { hasNextPage endCursor } } }"""


def _stored(desk: Desk, staff_id: str) -> str | None:
    found: str | None = desk.scalar(select(StaffRow.source).where(StaffRow.id == UUID(staff_id)))
    return found


def _accounts(desk: Desk) -> dict[str, str | None]:
    found, after = {}, None
    while True:
        page = desk.staff("admin")(LISTED, a=after).data["staffAccounts"]
        found |= {each["node"]["id"]: each["node"]["source"] for each in page["edges"]}
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


@pytest.mark.parametrize("source", StaffSource)
def test_a_source_is_read_by_its_value_and_its_names(source: StaffSource) -> None:
    zh, en = SOURCE_NAMES[source]
    for text in (source.value, source.value.lower(), zh, en, en.upper(), f" {zh}\n"):
        assert check_source(text) is source


@pytest.mark.parametrize("text", ["", " ", "退役军人", "GRID WORKER!", "volunteers", "NONE", "null"])
def test_and_by_nothing_else(text: str) -> None:
    with pytest.raises(SourceUnknown) as refused:
        check_source(text)
    assert "网格员" in refused.value.message("zh")
    assert "GRID_WORKER" in refused.value.message("en")


def test_people_are_added_and_changed_with_one_of_the_list(desk: Desk) -> None:
    admin = desk.staff("admin")
    account = hired(desk, source="PART_TIME")
    assert (account["source"], _stored(desk, account["id"])) == ("PART_TIME", "PART_TIME")
    changed = made(admin, "updateStaff", staffId=account["id"], source="GRID_WORKER")
    assert (changed["source"], _stored(desk, account["id"])) == ("GRID_WORKER", "GRID_WORKER")
    for wrong in ("退役军人", "grid_worker", "", 7):
        reply = asked(admin, "addStaff", **person(desk, source=wrong))
        assert reply.code == "GRAPHQL_VALIDATION_FAILED", wrong
        assert "StaffSource" in reply.body["errors"][0]["message"]
        assert asked(admin, "updateStaff", staffId=account["id"], source=wrong).code == reply.code
    assert made(admin, "updateStaff", staffId=account["id"], source=None)["source"] is None
    assert _stored(desk, account["id"]) is None


def test_a_list_with_another_source_is_refused_by_line_and_column(desk: Desk) -> None:
    admin, n = desk.staff("admin"), fresh()

    def line(source: str) -> str:
        return f"样本人,source-{n},,helper,{VILLAGE},2026-01-01,,{source},"

    def sent(source: str, *, apply: bool = True) -> Any:
        return asked(admin, "importStaff", file=file_of(line(source)), apply=apply)

    wrong = sent("退役军人")
    assert wrong.code == "INVALID_INPUT"
    assert wrong.body["errors"][0]["extensions"]["fields"] == ["input.file.line.2.人员来源"]
    (fault,) = sent("退役军人", apply=False).data["importStaff"]["faults"]
    assert (fault["line"], fault["column"]) == (2, "人员来源")
    assert "公益岗" in fault["message"]
    assert sent("公益岗").data["importStaff"]["applied"]
    assert (
        desk.scalar(select(StaffRow.source).where(StaffRow.login == f"source-{n}")) == "PUBLIC_WELFARE_POST"
    )
    assert sent("PUBLIC_WELFARE_POST").data["importStaff"]["staff"]["changed"] == 0


@pytest.mark.parametrize("text", ["退役军人", "volunteer", "", "GRID_WORKER ", "\u202e"])
def test_what_was_written_before_there_was_a_list_is_told_as_null_and_kept(desk: Desk, text: str) -> None:
    account = hired(desk)

    async def write(work: Work) -> None:
        await work.db.execute(update(StaffRow).where(StaffRow.id == UUID(account["id"])).values(source=text))

    desk.inside(write)
    assert _accounts(desk)[account["id"]] is None
    assert desk.staff("leader")(READ).data["staff"]["edges"]
    renamed = made(desk.staff("admin"), "updateStaff", staffId=account["id"], name="样本改名")
    assert (renamed["name"], renamed["source"]) == ("样本改名", None)
    assert _stored(desk, account["id"]) == text
