"""The contact book: offices' numbers alone, for a year at most."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.cards.contacts import (
    Entry,
    checked_entry,
    contact_days,
    good_until,
    remind_days,
    reminder_due,
)
from bangban.features.cards.problems import ContactWrong, PrivatePhone
from bangban.features.people.values import ContactReminder
from bangban.kernel.problems import InvalidInput

TODAY = date(2026, 11, 2)
GOOD = {"role": "帮办代办专员", "phone": "0543-1234567", "wechat": "https://u.wechat.com/sample"}


def said(**changes: Any) -> Entry:
    return checked_entry(Entry(**{**GOOD, **changes}), today=TODAY, days=31)


def test_an_entry_lasts_as_long_as_it_is_looked_over() -> None:
    assert said(role=" 专员 ") == Entry(**{**GOOD, "role": "专员", "until": TODAY + timedelta(days=31)})
    assert said(role="  ") == Entry(role=None)  # taken out, whatever else was said
    assert contact_days({}) == 31
    assert contact_days({"contacts": {"contact_days": 7}}) == 7
    assert (remind_days({}), remind_days({"contacts": {"remind_days": 0}})) == (5, 0)


@pytest.mark.parametrize("phone", ["12345", "400-123-4567", "05431234567", "0543-1234567-801", "96111"])
def test_an_offices_numbers_are_taken(phone: str) -> None:
    assert said(phone=phone).phone == phone


@given(
    st.sampled_from(["role", "phone", "wechat"]), st.integers(13_000_000_000, 19_999_999_999), st.booleans()
)
def test_nobodys_mobile_number_is_published_wherever_it_stands(place: str, number: int, spaced: bool) -> None:
    text = str(number)
    text = f"{text[:3]} {text[3:7]} {text[7:]}" if spaced else text
    with pytest.raises(PrivatePhone):
        said(**{place: text if place == "phone" else f"微信{text}"})


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"phone": "1234567"}, ContactWrong),
        ({"role": "长" * 31}, ContactWrong),
        ({"phone": None, "wechat": " "}, InvalidInput),
        ({"until": TODAY - timedelta(days=1)}, InvalidInput),
        ({"until": TODAY + timedelta(days=367)}, InvalidInput),
    ],
)
def test_what_is_no_use_is_refused(changes: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        said(**changes)


def test_an_entry_is_good_until_its_last_day_or_until_it_is_to_be_looked_over() -> None:
    for until, last in ((None, 31), (TODAY + timedelta(days=3), 3), (TODAY + timedelta(days=99), 31)):
        assert good_until(checked_on=TODAY, until=until, days=31) == TODAY + timedelta(days=last)


@given(
    st.lists(st.integers(0, 90), min_size=1, max_size=40).map(sorted),
    st.integers(0, 60),
    st.integers(0, 60),
)
def test_each_reminder_is_told_once_and_in_its_time(swept: list[int], good_for: int, ahead: int) -> None:
    """Whichever days are swept, and however often."""
    last, reminded = TODAY + timedelta(days=good_for), None
    told: list[tuple[ContactReminder, int]] = []
    for day in swept:
        due = reminder_due(last, reminded=reminded, today=TODAY + timedelta(days=day), ahead=ahead)
        if due is not None:
            reminded = due
            told.append((due, day))
    before = [day for day in swept if good_for - ahead <= day <= good_for]
    after = [day for day in swept if day > good_for]
    expected = [(ContactReminder.ENDING, day) for day in before[:1]]
    assert told == expected + [(ContactReminder.STALE, day) for day in after[:1]]
