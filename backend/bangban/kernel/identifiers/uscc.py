"""Unified social credit codes 统一社会信用代码, 18 characters (GB 32100; DOMAIN 3.14).

The check character is python-stdnum's; its ``validate`` is not used, because it refuses the letters that the
standard allows as registering authority (A, N, Y) and cannot tell one finding from another.
"""

from __future__ import annotations

import re

from stdnum.cn import uscc

from bangban.kernel.identifiers.regions import region_known
from bangban.kernel.identifiers.report import DocumentKind, Finding, IdentifierReport
from bangban.kernel.identifiers.text import plain

LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # 31 symbols: no I, O, S, V, Z
_BODY = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{9}}")  # what the last character checks
# 1 establishment of organisations, 5 civil affairs, 9 business, Y other; the published lists disagree about
# the rest, so an unlisted one is a warning.
_AUTHORITIES = frozenset("159Y")
# The division is the one of registration; the table is asked for the year the code was introduced.
_YEAR = 2015


def check_uscc(text: str) -> IdentifierReport:
    """Findings about a credit code: length, characters, checksum are errors; authority, region warnings."""
    value = plain(text).replace("-", "")
    if len(value) != LENGTH:
        return _report(value, errors=(Finding.LENGTH,))
    if not _BODY.fullmatch(value[:-1]):
        return _report(value, errors=(Finding.CHARACTERS,))
    errors = () if uscc.calc_check_digit(value[:-1]) == value[-1] else (Finding.CHECKSUM,)
    warnings: list[Finding] = []
    if value[0] not in _AUTHORITIES:
        warnings.append(Finding.AUTHORITY)
    if not region_known(value[2:8], year=_YEAR):
        warnings.append(Finding.REGION)
    return _report(value, errors=errors, warnings=tuple(warnings))


def _report(
    value: str, *, errors: tuple[Finding, ...], warnings: tuple[Finding, ...] = ()
) -> IdentifierReport:
    return IdentifierReport(value=value, kind=DocumentKind.USCC, errors=errors, warnings=warnings)
