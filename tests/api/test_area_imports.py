"""Areas come from files and from the published list: seen first, all or nothing, and again without a change."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.api.access_building import build
from tests.api.access_world import World
from tests.api.casework import Run
from tests.api.clients import Client, Reply
from tests.api.counting import counted, hang_on
from tests.api.named import text_of
from tests.api.raw import asked

from bangban.features.areas.lists import Divisions
from bangban.features.areas.problems import DivisionsAbsent, DivisionUnknown
from bangban.features.areas.tables import AreaChangeRow, AreaRow
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work
from bangban.web.services import AppServices

COUNTY = "371681"
TABLE = "键,名称,上级,类型\nsample-park,样本园区,county,园区\nsample-village,𠮷祥村,sample-park,村\n"


@pytest.fixture(scope="module")
def world(installation: Installation, services: AppServices, api: Client, run: Run) -> World:
    return build("area-imports", installation, services, api, run)


@pytest.fixture(scope="module")
def admin(world: World) -> Client:
    return world.client("admin COUNTY")


@pytest.fixture(scope="module", autouse=True)
def _listening() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        hang_on(patch)
        yield


def do(client: Client, name: str, /, *, headers: dict[str, str] | None = None, **given: Any) -> Reply:
    return client(text_of(name), headers=headers, input=given)


def done(client: Client, name: str, /, **given: Any) -> dict[str, Any]:
    (found,) = do(client, name, **given).data.values()
    return dict(found)


def file_of(text: str, encoding: str = "utf-8") -> dict[str, str]:
    return {"name": "区域.csv", "content": b64encode(text.encode(encoding)).decode()}


def areas(world: World) -> dict[str, Any]:
    """The stored areas by key."""

    async def read(work: Work) -> dict[str, Any]:
        return {row.key: row for row in await work.db.scalars(select(AreaRow))}

    return world.inside(read)


def traces(world: World) -> tuple[int, int]:
    """How many entries and history lines there are."""

    async def read(work: Work) -> tuple[int, int]:
        entries = select(func.count()).select_from(AuditEntryRow).where(AuditEntryRow.action == "area:manage")
        return (
            await work.db.scalar(entries) or 0,
            await work.db.scalar(select(func.count()).select_from(AreaChangeRow)) or 0,
        )

    return world.inside(read)


def test_a_district_loads_its_towns_and_villages_without_a_file(world: World, admin: Client) -> None:
    before = areas(world)
    seen = done(admin, "ImportOfficialAreas", divisionCode=COUNTY)
    assert (seen["applied"], seen["created"], seen["changed"]) == (False, 16 + 859, 0)
    assert seen["differenceCount"] == 16 + 859
    assert len(seen["differences"]) == 500
    assert areas(world).keys() == before.keys()

    async def import_it() -> tuple[Reply, int]:
        with counted() as sent:
            reply = await admin.send(
                text_of("ImportOfficialAreas"), input={"divisionCode": COUNTY, "apply": True}
            )
        return reply, len(sent.data)

    reply, statements = world.run(import_it())
    assert reply.data["importOfficialAreas"]["created"] == 875
    assert statements <= 10  # however many areas
    stored, kept = areas(world), traces(world)
    assert len(stored) == len(before) + 875
    assert stored["371681001213"].path.startswith(stored["371681001"].path)

    # What the district changes itself survives the next time, which finds nothing to do and leaves no trace.
    village, town = stored["371681001213"], stored["371681002"]
    done(admin, "RenameArea", areaId=str(village.id), name="新村名", fullName=village.full_name)
    done(admin, "MoveArea", areaId=str(village.id), toParentId=str(town.id))
    kept = traces(world)
    again = done(admin, "ImportOfficialAreas", divisionCode=COUNTY, retireMissing=True, apply=True)
    assert (again["created"], again["changed"], again["unchanged"], again["retired"]) == (0, 0, 875, 0)
    assert traces(world) == kept


def test_an_area_that_the_list_no_longer_has_is_retired_when_asked_and_comes_back(
    world: World, admin: Client
) -> None:
    done(admin, "ImportOfficialAreas", divisionCode="370303105", apply=True)
    header = "code,name,streetCode,areaCode\n"
    stored = areas(world)
    rows = [
        f"{code},{row.full_name},370303105,370303\n"
        for code, row in stored.items()
        if code.startswith("370303105") and len(code) == 12
    ]
    shorter = file_of(header + "".join(rows[1:]))
    gone = rows[0][:12]
    seen = done(admin, "ImportAreas", file=shorter, divisionCode="370303105", apply=True)
    assert (seen["missing"], seen["retired"], seen["unchanged"]) == (1, 0, len(rows) - 1)
    assert areas(world)[gone].retired_on is None
    taken = done(admin, "ImportAreas", file=shorter, divisionCode="370303105", retireMissing=True, apply=True)
    assert (taken["retired"], [each["kind"] for each in taken["differences"]]) == (1, ["RETIRED"])
    assert areas(world)[gone].retired_on is not None
    assert areas(world)["town-a"].retired_on is None  # the list does not speak of areas without a code
    back = done(
        admin, "ImportAreas", file=file_of(header + "".join(rows)), divisionCode="370303105", apply=True
    )
    assert [each["kind"] for each in back["differences"]] == ["RESTORED"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_of_the_districts_own_is_read_in_every_encoding(
    world: World, admin: Client, encoding: str
) -> None:
    table = TABLE.replace("sample", f"sample-{encoding}")
    done(admin, "ImportAreas", file=file_of(table, encoding), apply=True)
    stored = areas(world)
    village = stored[f"sample-{encoding}-village"]
    assert (village.name, village.parent_id) == ("𠮷祥村", stored[f"sample-{encoding}-park"].id)
    again = done(admin, "ImportAreas", file=file_of(table, encoding), apply=True)
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 2)


def test_a_faulty_file_is_refused_whole_in_the_callers_language(world: World, admin: Client) -> None:
    before = areas(world).keys()
    faulty = file_of(TABLE.replace("sample", "fault") + "fault-x,某某,无名镇,村\n,37030300,,\n")
    seen = done(admin.as_(Accept_Language="en"), "ImportAreas", file=faulty)
    assert [fault["line"] for fault in seen["faults"]] == [4, 5]
    assert "area above" in seen["faults"][0]["message"]
    assert seen["faults"][0]["column"] == "上级"
    assert "上级" in done(admin.as_(Accept_Language="zh"), "ImportAreas", file=faulty)["faults"][0]["message"]
    refused = do(admin, "ImportAreas", file=faulty, apply=True)
    assert refused.code == "INVALID_INPUT"
    fields = refused.body["errors"][0]["extensions"]["fields"]
    assert fields == ["input.file.line.4.上级", "input.file.line.5"]
    assert "第 4 行" in refused.body["errors"][0]["message"]
    assert areas(world).keys() == before


@pytest.mark.parametrize(
    "content",
    [
        "",
        "PK",
        "é",
        "====",
        "AAAA",
        b64encode(b"PK\x03\x04").decode(),
        b64encode(b"\xff\xfe\x00\xd8").decode(),
    ],
)
def test_what_is_no_file_is_refused_without_a_trace(world: World, admin: Client, content: str) -> None:
    kept = traces(world)
    for name in ("a.csv", "\ud800", "x" * 5000):
        given = {"input": {"file": {"name": name, "content": content}, "apply": True}}
        reply = asked(admin, text_of("ImportAreas"), given)
        assert reply.code in ("INVALID_INPUT", "GRAPHQL_VALIDATION_FAILED"), reply.body
    assert traces(world) == kept


def test_the_same_key_gives_the_same_answer_and_one_import(world: World, admin: Client) -> None:
    given = {"file": file_of(TABLE.replace("sample", "key")), "apply": True}
    headers = {"Idempotency-Key": "area-import-1"}
    first = do(admin, "ImportAreas", headers=headers, **given)
    kept = traces(world)
    assert do(admin, "ImportAreas", headers=headers, **given).body == first.body
    assert first.data["importAreas"]["created"] == 2
    assert traces(world) == kept
    other = {**given, "file": file_of(TABLE.replace("sample", "other"))}
    assert do(admin, "ImportAreas", headers=headers, **other).code == "IDEMPOTENCY_CONFLICT"


def test_only_whoever_keeps_the_whole_tree_imports_it_and_a_town_its_own_grids(world: World) -> None:
    town, auditor = world.client("admin TOWN"), world.client("auditor COUNTY")
    given = {"file": file_of(TABLE.replace("sample", "town"))}
    for client in (town, auditor, world.client("helper COUNTY"), world.client("supervisor COUNTY")):
        assert do(client, "ImportAreas", **given).code == "FORBIDDEN"
        assert do(client, "ImportOfficialAreas", divisionCode=COUNTY).code == "FORBIDDEN"
    outside = [{"parent": "village-b", "suffix": "1"}]
    for apply in (False, True):
        assert do(town, "AddGrids", grids=outside, apply=apply).code == "FORBIDDEN"
    assert do(auditor, "AddGrids", grids=outside).code == "FORBIDDEN"
    own = [
        {"parent": "village-a", "suffix": "8"},
        {"parent": "village-a-008", "suffix": "２", "name": "东巷"},
    ]
    added = done(town, "AddGrids", grids=own, apply=True)
    assert (added["created"], added["faults"]) == (2, [])
    stored = areas(world)
    assert stored["village-a-008-02"].path.startswith(stored["village-a-008"].path)
    assert done(town, "AddGrids", grids=own, apply=True)["unchanged"] == 2


def test_grids_come_from_a_file_with_suffixes_of_their_own(world: World, admin: Client) -> None:
    done(admin, "ImportOfficialAreas", divisionCode=COUNTY, apply=True)
    table = "村居代码,网格号,名称\n371681001214,1,\n371681001214,2,东网格\n371681001214001,1,\n"
    seen = done(admin, "AddGrids", file=file_of(table, "gbk"), apply=True)
    assert [(each["code"], each["name"]) for each in seen["differences"]] == [
        ("371681001214001", "第1网格"),
        ("371681001214002", "东网格"),
        ("37168100121400101", "第1微网格"),
    ]
    wrong = done(admin, "AddGrids", file=file_of("上级,编号\n371681001214,0\n371681001,1\n无名,1\n"))
    assert [fault["line"] for fault in wrong["faults"]] == [2, 3, 4]


def test_the_list_is_read_by_county_from_its_folder(tmp_path: Path, run: Run) -> None:
    (tmp_path / "streets.csv").write_text('code,name,areaCode\n110101001,"东华门街道",110101\n', "utf-8-sig")
    villages = (
        'code,name\n110101001001,"多福巷社区居委会"\n110101001002,"𠮷,祥社区居委会"\n110102001001,"外地"'
    )
    (tmp_path / "villages.csv").write_text(villages, "utf-8")
    divisions = Divisions(tmp_path, tmp_path)
    found = run(divisions.of("110101"))
    assert [(row.code, row.full_name) for row in found] == [
        ("110101001", "东华门街道"),
        ("110101001001", "多福巷社区居委会"),
        ("110101001002", "𠮷,祥社区居委会"),
    ]
    assert [row.code for row in run(divisions.of("110102001"))] == ["110102001001"]
    with pytest.raises(DivisionUnknown):
        run(divisions.of("999999"))
    with pytest.raises(DivisionsAbsent, match="importAreas"):
        run(Divisions(None, tmp_path).of("110101"))
