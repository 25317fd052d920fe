"""The identity number of an applicant: which document it is, and whether it may stand.

The form has one field for the number and none for the document, so the number decides. Documents other than
the resident ID must be accepted too (GA/T 2000.156; DOMAIN 3.14), but nothing that was meant to be a resident
ID may slip through as "another document" because a digit is missing or an O was typed for a 0.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal

from bangban.kernel.identifiers.problems import InvalidIdentityNumber
from bangban.kernel.identifiers.report import DocumentKind, Finding, IdentifierReport
from bangban.kernel.identifiers.resident_id import check_resident_id
from bangban.kernel.identifiers.text import plain
from bangban.kernel.identifiers.uscc import check_uscc

PartyKind = Literal["PERSON", "LEGAL_ENTITY"]

# Of the documents in use only resident IDs (and permits numbered alike) have 16 to 19 digits or 18
# characters: passports have up to 9, travel permits up to 11, the older permanent residence card 15.
_MEANT_AS_RESIDENT_ID = re.compile(r"[0-9]{15,18}[0-9X]|[0-9A-Z]{18}")
_OTHER_SHAPE = re.compile(r"[A-Z0-9-]+")
_OTHER_LENGTH = range(5, 31)
_FEWEST_SYMBOLS = 5  # letters and digits, hyphens aside


def check_identity(kind: PartyKind | str, text: str, *, today: dt.date | None = None) -> IdentifierReport:
    """Findings about the identity number of a ``PERSON`` or ``LEGAL_ENTITY``.

    A legal entity has a USCC and nothing else. A person has a resident ID, or another document of 5–30
    letters, digits and hyphens, which gets the warning ``UNVERIFIED``.

    Raises:
        ValueError: ``kind`` is neither of the two; a mistake of the caller, not of the applicant.
    """
    if kind == "LEGAL_ENTITY":
        return check_uscc(text)
    if kind != "PERSON":
        raise ValueError(f"An applicant is a PERSON or a LEGAL_ENTITY, not {kind!r}.")
    value = plain(text)
    if _MEANT_AS_RESIDENT_ID.fullmatch(value.replace("-", "")):
        return check_resident_id(value.replace("-", ""), today=today)
    errors: list[Finding] = []
    if len(value) not in _OTHER_LENGTH or len(value.replace("-", "")) < _FEWEST_SYMBOLS:
        errors.append(Finding.LENGTH)
    if value and not _OTHER_SHAPE.fullmatch(value):
        errors.append(Finding.CHARACTERS)
    return IdentifierReport(
        value=value, kind=DocumentKind.OTHER, errors=tuple(errors), warnings=(Finding.UNVERIFIED,)
    )


def require_identity(
    kind: PartyKind | str, text: str, *, today: dt.date | None = None, fields: tuple[str, ...] = ()
) -> IdentifierReport:
    """The report on a number that may stand.

    Raises:
        InvalidIdentityNumber: The number has errors; ``fields`` names the input that held it.
    """
    report = check_identity(kind, text, today=today)
    if not report.valid:
        raise InvalidIdentityNumber(report, fields=fields)
    return report
