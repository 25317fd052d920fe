"""Lines of files become areas, or it is said of each line why not."""

from __future__ import annotations

import io
from dataclasses import replace
from uuid import UUID, uuid4

import openpyxl
import pytest

from bangban.features.areas.drafted import Drafted, Known, Place
from bangban.features.areas.import_plan import plan_import
from bangban.features.areas.imports import extent_of
from bangban.features.areas.official import OFFICIAL, Extent, divisions_of, drafts_of_divisions
from bangban.features.areas.problems import DivisionElsewhere, DivisionMalformed, DivisionNeeded
from bangban.features.areas.rules import AreaNode
from bangban.features.areas.tree_file import TreeFile
from bangban.features.areas.tree_lines import TREE
from bangban.features.areas.values import AreaKind
from bangban.kernel.levels import AreaLevel
from bangban.kernel.sheets import read_sheet

ALL = frozenset(AreaLevel)
PLACE = Place(name="样本县", division_code="371681", levels=ALL)
TREE_TEXT = """代码,名称,上级,层级,类型
371681001,黛溪街道,,,
371681400,样本开发区,,,
,宝山管理中心,样本县,镇街,管理中心
371681001201,尚庄村,,,
３７１６８１００１００１,𠮷祥社区,黛溪街道,村居,
,第一网格,尚庄村,网格,
,第一网格,𠮷祥社区,,
"""


def tree(
    text: str, stored: list[AreaNode] | None = None, place: Place = PLACE, encoding: str = "utf-8"
) -> Drafted:
    sheet = read_sheet(text.encode(encoding), name="areas.csv", columns=TREE)
    return TreeFile(sheet, Known(stored or []), place).drafts()


def official(
    text: str, stored: list[AreaNode] | None = None, *, place: Place = PLACE, code: str | None = None
) -> Drafted:
    sheet = read_sheet(text.encode(), name="villages.csv", columns=OFFICIAL)
    extent = extent_of(place.division_code, code)
    return drafts_of_divisions(divisions_of(sheet), Known(stored or []), place, extent, header="code")


def stored_after(drafted: Drafted, before: list[AreaNode] | None = None) -> list[AreaNode]:
    plan = plan_import(before or [], drafted.drafts, new_id=uuid4)
    nodes = {node.key: node for node in before or []} | {
        node.key: node for node in (*plan.created, *plan.changed)
    }
    return list(nodes.values())


def test_levels_kinds_and_parents_come_from_codes_and_names_where_they_are_left_out() -> None:
    found = tree(TREE_TEXT)
    assert found.faults == []
    kinds = [(draft.name, draft.level, draft.kind) for draft in found.drafts]
    assert kinds == [
        ("样本县", "COUNTY", "COUNTY"),
        ("黛溪街道", "TOWN", "STREET"),
        ("样本开发区", "TOWN", "PARK"),
        ("宝山管理中心", "TOWN", "MANAGEMENT_CENTRE"),
        ("尚庄村", "VILLAGE", "VILLAGE"),
        ("𠮷祥社区", "VILLAGE", "COMMUNITY"),
        ("第一网格", "GRID", "GRID"),
        ("第一网格", "GRID", "GRID"),
    ]
    assert {"371681001201", "371681001001"} == {
        draft.parent for draft in found.drafts if draft.name == "第一网格"
    }


def test_a_second_import_finds_every_area_that_the_first_one_made() -> None:
    stored = stored_after(tree(TREE_TEXT))
    again = plan_import(stored, tree(TREE_TEXT, stored).drafts, new_id=uuid4)
    assert (again.created, again.touched) == ((), 0)
    assert again.missing == ()


def test_cells_left_empty_keep_what_is_stored() -> None:
    stored = stored_after(tree("代码,名称,全称,类型\n371681400,开发区,样本经济开发区,管理中心\n"))
    (draft,) = list(tree("代码,名称\n371681400,开发区\n", stored).drafts)
    assert (draft.full_name, draft.kind) == ("样本经济开发区", AreaKind.MANAGEMENT_CENTRE)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("代码,名称\n370303008,四宝山街道\n", 2, "another county's"),
        ("名称,上级\n某某,样本县\n", 2, "fill in level and kind"),
        ("名称,层级\n东街,街级\n", 2, "one of COUNTY"),
        ("名称,类型\n东街,GRID\n", 2, "State the area above"),
        ("名称,类型,上级\n东街,网格,无名村\n", 2, "Neither the file"),
        ("名称,类型,层级\n东街,街道,村居\n", 2, "does not stand on level"),
        ("代码,名称,层级\n371681001,东街,村居\n", 2, "has 12 digits"),
        ("代码,名称\n37168100,东街\n", 2, "has 8 digits"),
        ("代码,名称\n3.7E+08,东街\n", 2, "rewrote"),
        ("代码,名称\n371681001,东街\n\n371681001,西街\n", 4, "same area as in line 2"),
        ("代码,名称\n371681001,\n", 2, "must not be empty"),
        ("键,名称,类型\nBao Shan,园,园区\n", 2, "A key is made of"),
    ],
)
def test_a_fault_names_its_line_as_a_person_sees_it(text: str, line: int, says: str) -> None:
    (fault,) = tree(text).faults
    assert fault.line == line
    assert says in fault.en
    assert fault.zh != fault.en


def test_a_name_that_two_areas_have_is_no_parent_and_codes_are() -> None:
    text = "代码,名称\n371681001,甲街道\n371681002,乙街道\n371681001201,郭家村\n371681002201,郭家村\n"
    wide = text.replace("代码,名称\n", "代码,名称,上级\n")
    (fault,) = tree(wide + ",一网格,郭家村\n").faults
    assert "2 areas above" in fault.en
    assert tree(wide + ",一网格,371681002201\n").faults == []


def test_a_level_that_the_district_does_not_use_is_a_fault_in_its_own_file_and_passed_over_in_the_list() -> (
    None
):
    two = replace(PLACE, levels=frozenset({AreaLevel.COUNTY, AreaLevel.TOWN}))
    (fault,) = tree("代码,名称\n371681001,甲街道\n371681001201,郭家村\n", place=two).faults
    assert (fault.line, "not used" in fault.en) == (3, True)
    found = official("code,name\n371681001,甲街道\n371681001201,郭家村委会\n", place=two)
    assert (len(found.drafts), found.ignored, found.faults) == (2, 1, [])


def test_xlsx_gives_the_same_areas() -> None:
    workbook = openpyxl.Workbook()
    for row in TREE_TEXT.strip().split("\n"):
        cells = [cell or None for cell in row.split(",")]
        code = cells[0]
        workbook.active.append(
            [int(code) if code and code.isascii() and code.isdigit() else code, *cells[1:]]
        )  # type: ignore[union-attr]  # a new workbook has a sheet
    stream = io.BytesIO()
    workbook.save(stream)
    sheet = read_sheet(stream.getvalue(), name="a.xlsx", columns=TREE)
    assert TreeFile(sheet, Known([]), PLACE).drafts().drafts == tree(TREE_TEXT).drafts


# ---------------------------------------------------------------------- the published list

STREETS = (
    "code,name,areaCode,provinceCode,cityCode\n"
    '371681001,"黛溪街道",371681,37,3716\n'
    '371681400,"某开发区",371681,37,3716\n'
)
VILLAGES = (
    "code,name,streetCode,provinceCode,cityCode,areaCode\n"
    '371681001201,"尚庄村委会",371681001,37,3716,371681\n'
    '371681001001,"黛溪社区居委会",371681001,37,3716,371681\n'
)


def test_a_street_may_hold_villages_and_special_units_are_parks() -> None:
    stored = stored_after(official(STREETS))
    found = official(VILLAGES, stored)
    assert [(each.name, each.kind.value, each.parent) for each in found.drafts] == [
        ("尚庄村", "VILLAGE", "371681001"),
        ("黛溪社区", "COMMUNITY", "371681001"),
    ]
    assert [node.kind for node in stored if node.code == "371681400"] == [AreaKind.PARK]


def test_villages_without_their_town_are_faults() -> None:
    faults = official(VILLAGES).faults
    assert [fault.line for fault in faults] == [2, 3]
    assert "import the towns" in faults[0].en


def test_rows_of_another_county_are_named_or_left_out_when_asked() -> None:
    mixed = STREETS + '370303008,"四宝山街道",370303,37,3703\n'
    (fault,) = official(mixed).faults
    assert (fault.line, fault.column) == (4, "code")
    found = official(mixed, code="371681")
    assert (found.faults, found.left_out) == ([], 1)
    one = official(mixed, code="371681001")
    assert (len(one.drafts), one.left_out) == (2, 2)


def test_what_a_district_changed_itself_survives_and_what_the_list_changed_is_taken() -> None:
    stored = stored_after(official(STREETS))
    stored = stored_after(official(VILLAGES, stored), stored)
    centre, village = UUID(int=7), next(node for node in stored if node.code == "371681001201")
    own = replace(
        stored[1],
        id=centre,
        key="centre",
        code=None,
        name="管理中心",
        path=f"{stored[0].path}.{centre.hex}",
    )
    changed = replace(village, name="尚庄新村", parent_id=centre, path=f"{own.path}.{village.id.hex}")
    tree_now = [own, *(changed if node.id == village.id else node for node in stored)]
    plan = plan_import(tree_now, official(VILLAGES, tree_now).drafts, new_id=uuid4, in_order=False)
    assert (plan.created, plan.touched) == ((), 0)
    renamed = official(VILLAGES.replace("尚庄村委会", "尚家庄村委会"), tree_now).drafts[0]
    assert (renamed.name, renamed.parent) == ("尚家庄村", "centre")


def test_whose_list_it_is_must_be_clear() -> None:
    assert extent_of("371681", None) == Extent("371681", chosen=False)
    assert extent_of(None, "370303105") == Extent("370303105", chosen=True)
    with pytest.raises(DivisionNeeded):
        extent_of(None, None)
    with pytest.raises(DivisionElsewhere):
        extent_of("371681", "370303")
    for bad in ("37", "371681001201", "３７１６８１", "x"):
        with pytest.raises(DivisionMalformed):
            extent_of(None, bad)
