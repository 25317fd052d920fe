"""Invented names for sample staff: the same for the same district and number, never taken from a person."""

from __future__ import annotations

import zlib
from math import gcd

SURNAMES = tuple(
    "安白柏卞岑常程舒狄丁樊方丰葛龚谷顾关管郝贺洪侯纪简湛金康柯孔黎连廖凌柳卢路罗骆温梅孟莫穆倪宁欧庞裴齐乔秦"
)
FIRST = tuple("安昌成春存德恩凡峰福光广海和宏怀嘉建景君开朗立良明宁平启清仁")
SECOND = tuple("波辰川东方歌国航恒华晖家杰康来乐林民念鹏奇然荣山树思涛同文")
COUNT = len(SURNAMES) * len(FIRST) * len(SECOND)
STEP = next(step for step in range(COUNT * 5 // 8, COUNT) if gcd(step, COUNT) == 1)


def invented_name(district: str, index: int) -> str:
    """The ``index``-th name of a district; the first ``COUNT`` of them all differ."""
    at = (zlib.crc32(district.encode()) + index * STEP) % COUNT
    at, surname = divmod(at, len(SURNAMES))
    second, first = divmod(at, len(FIRST))
    return SURNAMES[surname] + FIRST[first] + SECOND[second]
