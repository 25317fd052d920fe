"""What division codes say of areas, and how the published list of divisions names them (DOMAIN 3.12, part 4)."""

from __future__ import annotations

import re
from typing import Final

from bangban.features.areas.values import AreaKind
from bangban.kernel.levels import AreaLevel

# 3.12: county 6 (GB/T 2260), town 9, village 12; below the village a suffix of our own, grid 3, micro-grid 2.
CODE_DIGITS: Final = {
    AreaLevel.COUNTY: 6,
    AreaLevel.TOWN: 9,
    AreaLevel.VILLAGE: 12,
    AreaLevel.GRID: 15,
    AreaLevel.MICRO_GRID: 17,
}
# 3.12: what the last three digits of a code say about the kind, as (first, last, kinds).
SPECIAL: Final = frozenset({AreaKind.PARK, AreaKind.MANAGEMENT_CENTRE, AreaKind.ZONE})
KINDS_OF_CODE: Final = {
    AreaLevel.TOWN: (
        (1, 99, frozenset({AreaKind.STREET})),
        (100, 199, frozenset({AreaKind.TOWN})),
        (200, 399, frozenset({AreaKind.TOWNSHIP})),
        (400, 599, SPECIAL),
    ),
    AreaLevel.VILLAGE: (
        (1, 199, frozenset({AreaKind.COMMUNITY})),
        (200, 399, frozenset({AreaKind.VILLAGE})),
    ),
}
_LEVEL_OF_DIGITS: Final = {digits: level for level, digits in CODE_DIGITS.items()}
_PLAIN: Final = {AreaLevel.GRID: AreaKind.GRID, AreaLevel.MICRO_GRID: AreaKind.MICRO_GRID}
# Third pair of a county's code: 71 to 79 are zones of the statistical list only.
_ZONES: Final = range(71, 80)
# What the end of a name says, the longest first.
_ENDS: Final = (
    ("微网格", AreaKind.MICRO_GRID),
    ("网格", AreaKind.GRID),
    ("管理服务中心", AreaKind.MANAGEMENT_CENTRE),
    ("管理中心", AreaKind.MANAGEMENT_CENTRE),
    ("街道办事处", AreaKind.STREET),
    ("街道", AreaKind.STREET),
    ("园区", AreaKind.PARK),
    ("产业园", AreaKind.PARK),
    ("科技园", AreaKind.PARK),
    ("工业园", AreaKind.PARK),
    ("居民委员会", AreaKind.COMMUNITY),
    ("居委会", AreaKind.COMMUNITY),
    ("社区", AreaKind.COMMUNITY),
    ("村民委员会", AreaKind.VILLAGE),
    ("村委会", AreaKind.VILLAGE),
    ("村", AreaKind.VILLAGE),
    ("镇", AreaKind.TOWN),
    ("乡", AreaKind.TOWNSHIP),
)
# How people say the names of committees: 尚庄村委会 is 尚庄村, 宝山社区居委会 is 宝山社区, 汤泉农场居委会 is 汤泉农场.
_COMMITTEES: Final = (
    (re.compile(r"社区(居民委员会|居民委会|居委会|居委)$"), "社区"),
    (re.compile(r"村?(村民委员会|村委会)$"), "村"),
    (re.compile(r"(居民委员会|居委会)$"), ""),
    (re.compile(r"街道办事处$"), "街道"),
)


def level_of_code(code: str) -> AreaLevel | None:
    """The level of a division code, by its length; None for what is none."""
    return _LEVEL_OF_DIGITS.get(len(code)) if code.isascii() and code.isdigit() else None


def code_above(code: str) -> str | None:
    """The code of the area above; None for a county's."""
    level = level_of_code(code)
    if level is None or level is AreaLevel.COUNTY:
        return None
    return code[: CODE_DIGITS[tuple(AreaLevel)[level.depth - 2]]]


def kind_of_code(code: str, name: str) -> AreaKind:
    """The kind of an area with a division code, by the ranges of its last digits.

    Outside the ranges of committees (400 and above) the name decides; special units of towns are parks.
    """
    level = level_of_code(code)
    if level is None:
        raise ValueError(code)
    if level is AreaLevel.COUNTY:
        return AreaKind.ZONE if int(code[4:6]) in _ZONES else AreaKind.COUNTY
    if level in _PLAIN:
        return _PLAIN[level]
    number = int(code[-3:])
    for first, last, kinds in KINDS_OF_CODE[level]:
        if first <= number <= last and len(kinds) == 1:
            return next(iter(kinds))
    if level is AreaLevel.TOWN:
        return AreaKind.PARK
    return AreaKind.VILLAGE if kind_of_name(name) is AreaKind.VILLAGE else AreaKind.COMMUNITY


def fits_code(kind: AreaKind, code: str) -> bool:
    """Whether a code of this range is usual for the kind: a special unit may be a management centre, too."""
    level, number = level_of_code(code), int(code[-3:])
    ranges = KINDS_OF_CODE.get(level, ()) if level is not None else ()
    return all(kind in kinds for first, last, kinds in ranges if first <= number <= last)


def kind_of_name(name: str) -> AreaKind | None:
    """The kind that the end of a name says, or None."""
    return next((kind for end, kind in _ENDS if name.endswith(end) and name != end), None)


def short_name(full_name: str) -> str:
    """The name as people say it, of one as the list of divisions has it."""
    for committee, rest in _COMMITTEES:
        name = committee.sub(rest, full_name)
        if name != full_name:
            return name if name not in ("", "村", "社区", "街道") else full_name
    return full_name
