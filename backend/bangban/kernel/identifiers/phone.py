"""Phone numbers of mainland China: mobiles (11 digits) and landlines with their area code."""

from __future__ import annotations

import re

from bangban.kernel.identifiers.problems import InvalidPhone
from bangban.kernel.identifiers.text import plain

_COUNTRY = re.compile(r"(?:\+|00)86")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
# Area codes have three digits where they begin 010 or 02, and four everywhere else.
_LANDLINE = re.compile(r"(?P<area>010|02[0-9]|0[3-9][0-9]{2})(?P<number>[2-8][0-9]{6,7})")
# 86 without + is clear before a mobile number only.
_BARE_COUNTRY = re.compile(r"86(?P<mobile>1[3-9][0-9]{9})")


def find_phone(text: str) -> str | None:
    """``text`` as a phone is written here, ``13800000000`` or ``0543-4000000``; None where it is none."""
    digits = re.sub(r"[-().]", "", plain(text))
    abroad = _COUNTRY.match(digits)
    if abroad:
        digits = digits[abroad.end() :]
        if not _MOBILE.fullmatch(digits) and not digits.startswith("0"):
            digits = f"0{digits}"  # the 0 of the area code falls away after +86
    elif bare := _BARE_COUNTRY.fullmatch(digits):
        digits = bare["mobile"]
    if _MOBILE.fullmatch(digits):
        return digits
    landline = _LANDLINE.fullmatch(digits)
    return f"{landline['area']}-{landline['number']}" if landline else None


def normalise_phone(text: str, *, fields: tuple[str, ...] = ()) -> str:
    """As ``find_phone``, for input that must be a phone.

    Raises:
        InvalidPhone: It is none; ``fields`` names the input that held it.
    """
    phone = find_phone(text)
    if phone is None:
        raise InvalidPhone(fields=fields)
    return phone
