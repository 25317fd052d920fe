"""What a district says of bookings: the rest is usual, what was said is given back, what cannot be is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from bangban.features.bookings.settings import bookings_of
from bangban.features.places.values import PointKind
from bangban.features.profiles.models_bookings import BOOKINGS
from bangban.features.profiles.models_sections import Sections, section_as_read, sections_of


def test_what_is_left_out_is_usual() -> None:
    usual = bookings_of({})
    assert usual.kinds == (PointKind.LOUNGE, PointKind.BANK)
    assert (usual.slot_minutes, usual.capacity, usual.days_ahead) == (30, 2, 14)
    said = bookings_of({BOOKINGS: {"kinds": ["HALL"], "capacity": 3}})
    assert (said.kinds, said.capacity, said.slot_minutes) == ((PointKind.HALL,), 3, 30)


def test_what_was_said_is_given_back_and_no_more() -> None:
    said = {"kinds": ["LOUNGE"], "slot_minutes": 45}
    kept = sections_of(Sections.model_validate({BOOKINGS: said}))
    assert kept == {BOOKINGS: said}
    assert section_as_read(BOOKINGS, kept[BOOKINGS]) == said


def test_what_a_section_has_as_null_is_not_given_back() -> None:
    """As the API once stored a phrase without other wording."""
    stored = {"phrases": [{"phrase": "不知道", "instead": None}], "office_hours": None}
    assert section_as_read("assistance", stored) == {"phrases": [{"phrase": "不知道"}]}
    assert section_as_read("assistance", {}) == {}


@pytest.mark.parametrize(
    "wrong",
    [{"kinds": ["PALACE"]}, {"slot_minutes": 5}, {"capacity": 0}, {"days_ahead": 61}, {"places": 2}],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Sections.model_validate({BOOKINGS: wrong})
