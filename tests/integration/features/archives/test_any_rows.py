"""Whatever text, numbers, days and documents a district's rows hold, they arrive as they were."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.integration.features.archives.ground import Side, tables_of
from tests.integration.features.cases.casework import World

# PostgreSQL keeps neither NUL nor halves of surrogate pairs; everything else is somebody's name.
TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=40)
NASTY = st.sampled_from(["", "\\N", "\\.", "NULL", '"', ",", "\r\n", "\t", "{}", "0123", "𠮷", "\u2028", "﻿"])
WORDS = TEXT | NASTY
DOCUMENT = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
ROWS = st.fixed_dictionaries(
    {
        "staff": st.tuples(WORDS, WORDS | st.none(), st.lists(WORDS, max_size=3) | st.none()),
        "item": st.tuples(
            WORDS,
            st.none() | st.decimals(0, 10**9, places=2),
            st.lists(WORDS, max_size=3),
            st.dictionaries(WORDS, DOCUMENT, max_size=3),
            st.dates(date(1, 1, 1), date(9999, 12, 30)),
        ),
        "case": st.tuples(WORDS | st.none(), WORDS | st.none()),
        "settings": st.dictionaries(WORDS, DOCUMENT, max_size=3),
    }
)


def write(side: Side, schema: str, rows: dict[str, Any]) -> None:
    """Put the values where they may be anything, as no service would."""
    name, source, origins = rows["staff"]
    side.sql(f"UPDATE {schema}.staff SET name = $1, source = $2, portal_origins = $3", name, source, origins)
    title, fee, basis, details, since = rows["item"]
    side.sql(
        f"UPDATE {schema}.service_item SET name = $1, fee_amount = $2, legal_basis = $3, details = $4::text::jsonb,"
        " effective_from = $5, effective_to = NULL",
        title,
        None if fee is None else Decimal(fee),
        basis,
        json.dumps(details),
        since,
    )
    side.sql(f"UPDATE {schema}.cases SET note = $1, opinion = $2", *rows["case"])
    side.sql(f"UPDATE {schema}.profile SET settings = $1::text::jsonb", json.dumps(rows["settings"]))


@pytest.mark.usefixtures("gone")
def test_every_value_arrives(home: Side, elsewhere: Side, world: World, tmp_path: Path) -> None:
    slug, schema = world.district.slug, world.district.schema
    people = f"SELECT name, source, portal_origins FROM {schema}.staff ORDER BY id"
    before = home.sql(f"SELECT settings::text FROM {schema}.profile")[0][0]

    @settings(max_examples=8, deadline=None)
    @given(rows=ROWS)
    def moved(rows: dict[str, Any]) -> None:
        write(home, schema, rows)
        try:
            made = home.archive(slug, tmp_path / "any.zip")
            elsewhere.take_in(made.file)
            there = [tuple(row) for row in elsewhere.sql(people)]
            assert there == [tuple(row) for row in home.sql(people)]
            assert there[0] == rows["staff"]
            again = elsewhere.archive(slug, tmp_path / "again.zip")
            assert tables_of(again.file) == tables_of(made.file)
        finally:
            home.sql(f"UPDATE {schema}.profile SET settings = $1::text::jsonb", before)
            for file in tmp_path.iterdir():
                file.unlink()
            if elsewhere.traces(slug):
                elsewhere.drop(slug)

    moved()
