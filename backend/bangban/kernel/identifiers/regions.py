"""Whether a division code was in use. Only ever grounds for a warning (DOMAIN 3.14).

The table is python-stdnum's. It lacks codes that really were issued, such as 440524, and none can hold the
statistical codes of development zones, so an unknown region says little about a number.
"""

from __future__ import annotations

from stdnum.cn import ric
from stdnum.exceptions import ValidationError


def region_known(code: str, *, year: int) -> bool:
    """Whether the six-digit ``code`` was a county's in ``year``."""
    try:
        # Only region and date are looked at, so any day of that year will do.
        ric.get_birth_place(f"{code}{year:04d}01010000")
    except ValidationError:
        return False
    return True
