"""Codes of service cards, and who is behind one now (DOMAIN C13). Pure.

A code is eleven characters by chance, 55 bits, and a check character by ISO 7064 (its hybrid system over these 32
characters), so a slip of the pen is told from a card that does not exist. The characters are Crockford's: none is read
for another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from stdnum.iso7064 import mod_37_36

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_DRAWN: Final = 11
_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})


def new_code(draw: Callable[[int], int]) -> str:
    """A code; ``draw`` gives a random number below the one it is given."""
    body = "".join(ALPHABET[draw(len(ALPHABET))] for _ in range(_DRAWN))
    return body + mod_37_36.calc_check_digit(body, alphabet=ALPHABET)


def read_code(text: str) -> str | None:
    """The code that somebody typed or scanned, or None where it cannot be one."""
    code = text.strip().upper().translate(_MISREAD)
    if len(code) != _DRAWN + 1 or any(letter not in ALPHABET for letter in code):
        return None
    return code if mod_37_36.calc_check_digit(code[:-1], alphabet=ALPHABET) == code[-1] else None


@dataclass(frozen=True, kw_only=True)
class Unit:
    """An area on the way from a card's unit up to the district."""

    id: UUID
    depth: int
    in_use: bool


@dataclass(frozen=True, kw_only=True)
class InCharge:
    """A helper in service who is posted at one of these areas today. ``lead`` leads a team there."""

    id: UUID
    area_id: UUID
    lead: bool
    since_days: int


@dataclass(frozen=True, kw_only=True)
class Behind:
    """Who answers for a card now: a unit, and a helper there unless nobody is posted on the whole way up."""

    unit_id: UUID
    helper_id: UUID | None


def resolve(units: Sequence[Unit], helpers: Sequence[InCharge], *, agent_id: UUID | None) -> Behind:
    """Whom a card leads to today.

    The helper it was made for, as long as they are posted at its unit; then whoever leads a team there, then whoever
    has been there longest. Where nobody is, the same one level up. Where nobody is anywhere, the deepest unit that
    is still in use: a card is never without somebody to turn to (invariant 22).
    """
    upwards = sorted((each for each in units if each.in_use), key=lambda unit: -unit.depth)
    for unit in upwards:
        here = [each for each in helpers if each.area_id == unit.id]
        if here:
            chosen = min(
                here, key=lambda each: (each.id != agent_id, not each.lead, -each.since_days, str(each.id))
            )
            return Behind(unit_id=unit.id, helper_id=chosen.id)
    return Behind(unit_id=upwards[0].id, helper_id=None)
