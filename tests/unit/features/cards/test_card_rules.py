"""Codes of service cards, and that a card always leads to whoever is in charge today."""

from __future__ import annotations

import secrets
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.cards.rules import ALPHABET, InCharge, Unit, new_code, read_code, resolve


def _code(drawn: list[int]) -> str:
    left = iter(drawn)
    return new_code(lambda _: next(left))


def _with_use(used: list[bool]) -> list[Unit]:
    """The district is always in use; each of the others as drawn."""
    lower = zip(UNITS[1:], used, strict=True)
    return [UNITS[0], *(Unit(id=each.id, depth=each.depth, in_use=use) for each, use in lower)]


codes = st.lists(st.integers(0, 31), min_size=11, max_size=11).map(_code)
UNITS = [Unit(id=UUID(int=depth), depth=depth, in_use=True) for depth in range(4)]
units = st.lists(st.booleans(), min_size=3, max_size=3).map(_with_use)
helpers = st.lists(
    st.builds(
        InCharge,
        id=st.integers(10, 14).map(lambda n: UUID(int=n)),
        area_id=st.sampled_from([each.id for each in UNITS]),
        lead=st.booleans(),
        since_days=st.integers(0, 900),
    )
)


@given(code=codes)
def test_a_code_is_read_as_it_was_made_however_it_is_written(code: str) -> None:
    assert read_code(code) == code
    assert read_code(f" {code[:4]}-{code[4:8]} {code[8:]}".lower()) == code
    assert read_code(code.replace("0", "O").replace("1", "l")) == code


@given(code=codes, place=st.integers(0, 11), letter=st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found_out(code: str, place: int, letter: str) -> None:
    if letter != code[place]:
        assert read_code(code[:place] + letter + code[place + 1 :]) is None


@pytest.mark.parametrize("text", ["", "1", "U" * 12, "0" * 13, "０" * 12, "\x00" * 12])
def test_what_cannot_be_a_code(text: str) -> None:
    assert read_code(text) is None


def test_codes_are_not_to_be_guessed() -> None:
    drawn = {new_code(secrets.randbelow) for _ in range(2_000)}
    assert len(drawn) == 2_000
    assert {letter for code in drawn for letter in code[:-1]} == set(ALPHABET)


@given(units=units, helpers=helpers, agent=st.integers(10, 16).map(lambda n: UUID(int=n)))
def test_a_card_is_never_without_somebody_to_turn_to(
    units: list[Unit], helpers: list[InCharge], agent: UUID
) -> None:
    found = resolve(units, helpers, agent_id=agent)
    in_use = {each.id: each.depth for each in units if each.in_use}
    assert found.unit_id in in_use
    staffed = {depth for unit, depth in in_use.items() if any(each.area_id == unit for each in helpers)}
    if not staffed:
        assert found.helper_id is None
        assert in_use[found.unit_id] == max(in_use.values())
        return
    assert in_use[found.unit_id] == max(staffed), "the nearest unit that has anybody"
    here = {each.id for each in helpers if each.area_id == found.unit_id}
    assert found.helper_id in here
    if agent in here:
        assert found.helper_id == agent, "the helper it was made for, while they are posted there"


def test_after_a_change_of_staff_it_leads_to_the_successor() -> None:
    old = InCharge(id=UUID(int=10), area_id=UNITS[3].id, lead=False, since_days=900)
    new = InCharge(id=UUID(int=11), area_id=UNITS[3].id, lead=False, since_days=1)
    assert resolve(UNITS, [old, new], agent_id=old.id).helper_id == old.id
    assert resolve(UNITS, [new], agent_id=old.id).helper_id == new.id
