"""Sample numbers for demo districts and tests: valid in every check, and nobody's.

* Resident IDs and credit codes use division 999999, which no county ever had.
* Mobile phones begin with 154. The numbering plan gives 154 to no operator (130–153 and 155–199 are taken
  in part; widely used number-plan metadata leaves 154 out too), so a message sent to one reaches no one.
"""

from __future__ import annotations

import datetime as dt

from stdnum.cn import ric, uscc

SAMPLE_REGION = "999999"
SAMPLE_MOBILE_PREFIX = "154"

_FIRST_BIRTH = dt.date(1950, 1, 1)
_BIRTHS = 20_000  # days: births from 1950 into 2004, so that every sample person is of age
_STRIDE = 7_919  # a prime that shares no factor with _BIRTHS: neighbours differ, and none repeats
_SEQUENCES = 1_000
_EIGHT_DIGITS = 10**8


def sample_resident_id(n: int) -> str:
    """The ``n``-th sample resident ID, 0 ≤ n < 20,000,000; each differs from all others.

    Raises:
        ValueError: ``n`` is outside the range.
    """
    _within(n, limit=_BIRTHS * _SEQUENCES)
    sequence, day = divmod(n, _BIRTHS)
    born = _FIRST_BIRTH + dt.timedelta(days=day * _STRIDE % _BIRTHS)
    body = f"{SAMPLE_REGION}{born:%Y%m%d}{sequence:03d}"
    return body + ric.calc_check_digit(f"{body}0")


def sample_uscc(n: int) -> str:
    """The ``n``-th sample credit code, 0 ≤ n < 100,000,000, with a right organisation code (GB 11714) inside.

    Raises:
        ValueError: ``n`` is outside the range.
    """
    _within(n, limit=_EIGHT_DIGITS)
    organisation = f"{n:08d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(organisation, weights, strict=True))
    body = f"91{SAMPLE_REGION}{organisation}{'0123456789X'[-total % 11]}"
    return body + uscc.calc_check_digit(body)


def sample_phone(n: int) -> str:
    """The ``n``-th sample mobile number, 0 ≤ n < 100,000,000.

    Raises:
        ValueError: ``n`` is outside the range.
    """
    _within(n, limit=_EIGHT_DIGITS)
    return f"{SAMPLE_MOBILE_PREFIX}{n:08d}"


def _within(n: int, *, limit: int) -> None:
    if not 0 <= n < limit:
        raise ValueError(f"Sample numbers run from 0 to {limit - 1}; {n} is outside.")
