"""Statements that are written out once: constants in the text, values as parameters, names in the answer."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import Text, Uuid, insert, select, update

from bangban.features.cases.tables import CaseRow, RatingRow
from bangban.features.cases.values import CaseState, Grade, HelpMode
from bangban.kernel.database.written import Given, Written, given_columns, given_list, labelled, together

CASE = UUID(int=7)
ODD = "ZP'; DROP TABLE cases; --"


def test_constants_stand_in_the_text_and_values_do_not() -> None:
    found = Written(
        select(CaseRow.id).where(
            CaseRow.number == Given("number", Text()), CaseRow.state == CaseState.SUBMITTED
        )
    )
    text = found.text("d_zouping")
    assert "'SUBMITTED'" in text
    assert "$1" in text
    assert "$2" not in text
    assert found.arguments({"number": ODD}) == [ODD]


def test_each_district_has_its_own_tables_and_no_mark_is_left() -> None:
    found = Written(select(CaseRow.id))
    assert '"d_zouping".cases' in found.text("d_zouping")
    assert '"d_zibo".cases' in found.text("d_zibo")
    assert "SCHEMA" not in found.text("d_zouping")


def test_a_value_that_is_forgotten_is_an_error_and_not_a_null() -> None:
    found = Written(select(CaseRow.id).where(CaseRow.id == Given("case_id", Uuid())))
    with pytest.raises(KeyError):
        found.arguments({})


def test_values_go_through_the_types_of_their_columns_both_ways() -> None:
    modes = Given("modes", CaseRow.__table__.c.modes.type)
    found = Written(select(CaseRow.state, CaseRow.modes).where(CaseRow.modes == modes))
    assert found.arguments({"modes": [HelpMode.ONLINE]}) == [["ONLINE"]]
    (row,) = found.rows([("SUBMITTED", ["ONLINE"])])
    assert (row.state, row.modes) == (CaseState.SUBMITTED, [HelpMode.ONLINE])
    assert type(row.state) is CaseState


def test_nothing_found_is_no_row() -> None:
    assert Written(select(CaseRow.state)).rows([]) == []


def test_columns_of_joined_tables_keep_apart() -> None:
    found = Written(select(*labelled(RatingRow, "rating")))
    (row,) = found.rows([(CASE, "SATISFIED", None, None)])
    assert (row.rating_case_id, row.rating_grade) == (CASE, Grade.SATISFIED)


def test_several_changes_are_one_statement() -> None:
    found = together(
        {
            "rated": insert(RatingRow).values(given_columns(RatingRow, "rating")),
            "closed": update(CaseRow)
            .where(CaseRow.id == Given("case_id", Uuid()))
            .values(state=Given("state", CaseRow.__table__.c.state.type)),
        }
    )
    text = found.text("d_zouping")
    assert text.count("INSERT INTO") == text.count("UPDATE") == 1
    assert text.startswith("WITH rated AS")


def test_what_the_database_makes_is_not_given() -> None:
    given = given_columns(CaseRow, "case", without=("note",))
    assert {"serial", "number", "note"}.isdisjoint(given)
    assert "stem" in given


def test_lists_of_rows_travel_as_one_parameter_for_each_column() -> None:
    rows = given_list("material", id=Uuid(), name=Text())
    found = Written(select(rows.c.id, rows.c.name))
    assert found.arguments({"material_id": [CASE], "material_name": ["a"]}) == [[CASE], ["a"]]
