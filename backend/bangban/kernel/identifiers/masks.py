"""Masked forms 脱敏: what lists and pages show instead of personal data (DOMAIN 3.15).

A mask is total: text of an unexpected shape shows less, never more.
"""

from __future__ import annotations

import re

_FULL_LENGTH = 18  # resident ID and USCC
_SHORT = 5  # from here on a document shows its first character and its last two, from 8 on two and two
_MEDIUM = 8


def mask_phone(phone: str) -> str:
    """``138****5678``; a landline keeps its area code and two digits: ``0543-*****34``."""
    if re.fullmatch(r"[0-9]{11}", phone) and phone.startswith("1"):
        return f"{phone[:3]}****{phone[-4:]}"
    area, dash, number = phone.partition("-")
    if dash and re.fullmatch(r"0[0-9]{2,3}", area) and re.fullmatch(r"[0-9]{7,8}", number):
        return f"{area}-{'*' * (len(number) - 2)}{number[-2:]}"
    return "*" * len(phone)


def mask_identity(number: str) -> str:
    """``1234**********5678`` for resident IDs and USCCs; other documents show one or two and two."""
    if len(number) == _FULL_LENGTH:
        return _keep(number, first=4, last=4)
    if len(number) >= _MEDIUM:
        return _keep(number, first=2, last=2)
    if len(number) >= _SHORT:
        return _keep(number, first=1, last=2)
    return "*" * len(number)


def mask_name(name: str) -> str:
    """The first character and one ``*``, whatever the length: ``张*``."""
    first = name.strip()[:1]
    return f"{first}*" if first else ""


def mask_address(address: str) -> str:
    """``花园社区***``: what comes before the first number, and never more than half of it."""
    text = address.strip()
    house = re.search(r"[0-9A-Za-z]", text)
    shown = min(len(text) // 2, house.start() if house else len(text))
    return f"{text[:shown]}***" if text else ""


def mask_email(address: str) -> str:
    """``z***@example.test``: the first letter and the domain; all of what has no domain is hidden."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}***@{domain}" if name and at and domain else "*" * len(address)


def _keep(text: str, *, first: int, last: int) -> str:
    return f"{text[:first]}{'*' * (len(text) - first - last)}{text[-last:]}"
