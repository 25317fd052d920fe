"""Codes and names of the published list of divisions, as DOMAIN 3.12 and part 4 describe them."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from bangban.features.areas.divisions import (
    code_above,
    fits_code,
    kind_of_code,
    kind_of_name,
    level_of_code,
    short_name,
)
from bangban.features.areas.values import AreaKind
from bangban.kernel.levels import AreaLevel

TENANTS = Path(__file__).resolve().parents[4] / "tenants"


def published() -> list[dict[str, str]]:
    rows = []
    for path in sorted(TENANTS.glob("*/areas.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows += [row for row in csv.DictReader(stream) if row["provenance"] == "official"]
    return rows


def test_every_published_row_of_the_sample_districts_is_named_and_classed_as_it_stands_there() -> None:
    seen = Counter[str]()
    for row in published():
        code = row["code"]
        level = level_of_code(code)
        assert level is not None
        assert level == row["level"], row
        assert kind_of_code(code, row["full_name"]) == row["kind"], row
        if level is not AreaLevel.COUNTY:
            assert short_name(row["full_name"]) == row["name"], row
        seen[level] += 1
    assert seen["TOWN"] > 90
    assert seen["VILLAGE"] > 2000


@pytest.mark.parametrize(
    ("full", "name"),
    [
        ("尚庄村委会", "尚庄村"),
        ("尚庄村民委员会", "尚庄村"),
        ("石村村委会", "石村"),
        ("彭福村村民委员会", "彭福村"),
        ("宝山社区居委会", "宝山社区"),
        ("宝山社区居民委员会", "宝山社区"),
        ("汤泉农场居委会", "汤泉农场"),
        ("四宝山街道办事处", "四宝山街道"),
        ("杨庄𠮷村委会", "杨庄𠮷村"),
        ("江宁开发区虚拟社区", "江宁开发区虚拟社区"),
        ("村委会", "村委会"),
        ("居委会", "居委会"),
    ],
)
def test_names_lose_their_committee_and_never_everything(full: str, name: str) -> None:
    assert short_name(full) == name


def test_codes_say_level_parent_and_kind() -> None:
    assert [
        level_of_code(code) for code in ("371681", "371681001", "371681001201", "x", "3716", "３７１６８１")
    ] == [
        AreaLevel.COUNTY,
        AreaLevel.TOWN,
        AreaLevel.VILLAGE,
        None,
        None,
        None,
    ]
    codes = ("37168100120100101", "371681001201001", "371681001201", "371681001", "371681")
    assert [code_above(code) for code in codes] == [*codes[1:], None]
    assert kind_of_code("370871", "济宁高新区") is AreaKind.ZONE
    assert kind_of_code("371681", "邹平市") is AreaKind.COUNTY
    assert kind_of_code("371681450", "某管理区") is AreaKind.PARK
    assert kind_of_code("371681001450", "某村委会") is AreaKind.VILLAGE
    assert kind_of_code("371681001201001", "一网格") is AreaKind.GRID
    assert fits_code(AreaKind.MANAGEMENT_CENTRE, "371681450")
    assert not fits_code(AreaKind.TOWN, "371681450")
    assert kind_of_name("宝山生态科技园管理服务中心") is AreaKind.MANAGEMENT_CENTRE
    assert kind_of_name("第3微网格") is AreaKind.MICRO_GRID
    assert kind_of_name("某某") is None
