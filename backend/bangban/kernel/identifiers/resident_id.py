"""Resident identity numbers 公民身份号码, 18 characters (GB 11643; DOMAIN 3.14).

Permits of residents from Hong Kong, Macao and Taiwan and of foreigners are numbered alike; their region is
in no county table, which is one more reason why the region only warns.
"""

from __future__ import annotations

import datetime as dt
import re

from stdnum.cn import ric

from bangban.kernel.identifiers.regions import region_known
from bangban.kernel.identifiers.report import DocumentKind, Finding, IdentifierReport
from bangban.kernel.identifiers.text import plain

LENGTH = 18
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
# Nobody alive was born before; a year such as 0990 is a slip of the keyboard. The standard's own
# illustration, 440524188001010014, stays acceptable.
_EARLIEST = dt.date(1850, 1, 1)


def check_resident_id(text: str, *, today: dt.date | None = None) -> IdentifierReport:
    """Findings about a resident ID: length, characters, checksum and date are errors, the region a warning.

    Args:
        text: As typed: blanks, full-width digits and a small ``x`` are put right.
        today: Where given, a birth after it is an error too.
    """
    value = plain(text)
    if len(value) != LENGTH:
        return _report(value, errors=(Finding.LENGTH,))
    if not _SHAPE.fullmatch(value):
        return _report(value, errors=(Finding.CHARACTERS,))
    errors: list[Finding] = []
    if ric.calc_check_digit(value) != value[-1]:
        errors.append(Finding.CHECKSUM)
    born = _birth_date(value)
    if born is None or born < _EARLIEST or (today is not None and born > today):
        errors.append(Finding.DATE)
    known = region_known(value[:6], year=born.year if born else 2000)
    return _report(value, errors=tuple(errors), warnings=() if known else (Finding.REGION,))


def _birth_date(value: str) -> dt.date | None:
    try:
        return dt.date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return None


def _report(
    value: str, *, errors: tuple[Finding, ...], warnings: tuple[Finding, ...] = ()
) -> IdentifierReport:
    return IdentifierReport(value=value, kind=DocumentKind.RESIDENT_ID, errors=errors, warnings=warnings)
