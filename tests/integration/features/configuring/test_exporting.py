"""A profile comes back from a district: exported, onboarded elsewhere and exported again, it is the same bytes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from tests.conftest import Run, fresh_database, opened

from bangban.features.areas.service import add_area, rename_area, retire_area
from bangban.features.areas.tables import AreaRow
from bangban.features.areas.values import AreaKind
from bangban.features.catalog.rules import FeeDraft
from bangban.features.catalog.service.publishing import publish_items, withdraw_items
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow
from bangban.features.configuring.exported_items import kept_item
from bangban.features.configuring.exporting import Exported, export_profile
from bangban.features.configuring.service import configure_district, set_levels
from bangban.features.districts.onboarding import onboard
from bangban.features.districts.platform import PlatformGrants, platform_work
from bangban.features.people.imports import import_people
from bangban.features.people.rules import AssignmentDraft, MembershipDraft, StaffDraft
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow, TeamRow
from bangban.features.personal_data.retention import set_retention
from bangban.features.profiles.profile import Profile
from bangban.features.profiles.reader import check_profile, read_profile, read_template
from bangban.kernel.access.grants import Scope
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tables import ClosureRow, PolicyLineRow, ProfileRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work
from bangban.kernel.vault.keyring import KeyRing, MasterKey

TENANTS = Path(__file__).resolve().parents[4] / "tenants"
COUNTY, TOWN, VILLAGE, GRID, MICRO = AreaLevel
FEE = Decimal("10.50")
SLUGS = ("zibo-hitech", "rushan")


class Everything(PlatformGrants):
    """The platform's grants and the administrator's."""

    __slots__ = ()

    def scope(self, permission: Permission) -> Scope:
        return Scope(whole=True) if permission is Permission.DISTRICT_CONFIGURE else super().scope(permission)


# The districts have the names of the samples, which other tests onboard as well: they stand apart.


@pytest.fixture(scope="module")
def installation(server: Endpoint, run: Run[Any], worker_id: str) -> Iterator[Installation]:
    """An installation of these tests' own."""
    with fresh_database(server, run, worker_id) as endpoint:
        yield run(Installation.prepare(endpoint, KeyRing(MasterKey.fresh())))


@pytest.fixture(scope="module")
def tenancy(installation: Installation, run: Run[Any]) -> Iterator[Tenancy]:
    """Sessions in it."""
    with opened(installation, run) as tenancy:
        yield tenancy


@pytest.fixture(scope="module")
def elsewhere(server: Endpoint, run: Run[Any], worker_id: str) -> Iterator[tuple[Installation, Tenancy]]:
    """Another installation, under another master key."""
    with fresh_database(server, run, worker_id) as endpoint:
        installation: Installation = run(Installation.prepare(endpoint, KeyRing(MasterKey.fresh())))
        with opened(installation, run) as tenancy:
            yield installation, tenancy


@pytest.fixture
def exported(run: Run[Any]) -> Callable[[Tenancy, str], Exported]:
    async def export(tenancy: Tenancy, slug: str) -> Exported:
        async with platform_work(tenancy, tenancy.registry.get(slug)) as work:
            return await export_profile(work, read_template(TENANTS / "template"))

    return lambda tenancy, slug: run(export(tenancy, slug))


def written(exported: Exported, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in exported.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def carried(
    exported: Exported, slug: str, tmp_path: Path, elsewhere: tuple[Installation, Tenancy], run: Run[Any]
) -> None:
    """Onboard what was exported in the other installation."""
    folder = written(exported, tmp_path / slug)
    faults = [
        str(fault)
        for fault in check_profile(folder, template=TENANTS / "template")
        if fault.severity == "error"
    ]
    assert not faults
    installation, tenancy = elsewhere
    run(onboard(installation, tenancy, read_profile(folder, template=TENANTS / "template")))


def same(first: Exported, second: Exported) -> None:
    assert first.files.keys() == second.files.keys()
    for name, text in first.files.items():
        assert second.files[name] == text, name


@pytest.mark.parametrize("slug", SLUGS)
def test_a_district_of_a_profile_gives_a_profile_that_gives_the_same(
    slug: str,
    installation: Installation,
    tenancy: Tenancy,
    elsewhere: tuple[Installation, Tenancy],
    exported: Callable[[Tenancy, str], Exported],
    tmp_path: Path,
    run: Run[Any],
) -> None:
    run(onboard(installation, tenancy, read_profile(TENANTS / slug)))
    first = exported(tenancy, slug)
    carried(first, slug, tmp_path, elsewhere, run)
    same(first, exported(elsewhere[1], slug))
    # And it says what the profile it came from said, all but names of sets.
    before, after = (
        read_profile(TENANTS / slug),
        read_profile(tmp_path / slug, template=TENANTS / "template"),
    )
    assert {area.key: area for area in after.areas} == {area.key: area for area in before.areas}
    assert {item.draft.code: item.draft for item in after.items} == {
        item.draft.code: item.draft for item in before.items
    }
    for name in ("modes", "rating", "figures", "levels", "address_levels", "contact_phone", "project_lead"):
        assert getattr(after, name) == getattr(before, name), name
    assert {person.key: person.name for person in after.staff} == {
        person.key: person.name for person in before.staff
    }
    assert posts_of(before) == posts_of(after)


def posts_of(profile: Profile) -> set[tuple[Any, ...]]:
    return {
        (person.key, held.role, held.area, held.since, held.until)
        for person in profile.staff
        for held in person.assignments
    }


@pytest.mark.parametrize("seed", range(3))
def test_whatever_was_changed_through_services_comes_back(
    seed: int,
    installation: Installation,
    tenancy: Tenancy,
    elsewhere: tuple[Installation, Tenancy],
    exported: Callable[[Tenancy, str], Exported],
    tmp_path: Path,
    run: Run[Any],
) -> None:
    slug = f"drawn-{seed}"
    text = (
        (TENANTS / "zibo-hitech" / "district.yaml")
        .read_text("utf-8")
        .replace("slug: zibo-hitech", f"slug: {slug}")
    )
    folder = tmp_path / "from" / slug
    folder.mkdir(parents=True)
    for name in ("areas.csv", "services.yaml", "people.yaml"):
        (folder / name).write_bytes((TENANTS / "zibo-hitech" / name).read_bytes())
    (folder / "district.yaml").write_text(text, encoding="utf-8")
    run(onboard(installation, tenancy, read_profile(folder, template=TENANTS / "template")))

    async def edit() -> None:
        random = Random(seed)
        for _ in range(12):
            async with platform_work(tenancy, tenancy.registry.get(slug)) as work:
                work.grants = Everything()
                await random.choice(EDITS)(work, random)

    run(edit())
    first = exported(tenancy, slug)
    carried(first, slug, tmp_path / "to", elsewhere, run)
    same(first, exported(elsewhere[1], slug))
    assert run(stored(elsewhere[1], slug)) == run(stored(tenancy, slug))


async def stored(tenancy: Tenancy, slug: str) -> dict[str, Any]:
    """What a district's tables say that a profile is to carry over, without ids."""
    async with platform_work(tenancy, tenancy.registry.get(slug)) as work:
        db, today = work.db, work.today
        areas = {row.id: row for row in await db.scalars(select(AreaRow))}
        used = sorted(
            (row for row in areas.values() if row.retired_on is None),
            key=lambda row: (row.position, row.key),
        )
        below: dict[Any, list[str]] = {}
        for row in used:
            below.setdefault(row.parent_id and areas[row.parent_id].key, []).append(row.key)
        staff = {row.id: row for row in await db.scalars(select(StaffRow)) if row.active}
        teams = {row.id: row for row in await db.scalars(select(TeamRow))}
        items: dict[str, ServiceItemRow] = {}
        for item in await db.scalars(select(ServiceItemRow).order_by(ServiceItemRow.version)):
            items[item.code] = item
        profile = (await db.scalars(select(ProfileRow))).one()
        own = {
            "profile_hash",
            "profile_policy",
            "profile_closures",
            "trusted_documents_only",
            "allowed_origins",
        }

        def lasts(row: Any) -> bool:
            return row.staff_id in staff and (row.until is None or row.until >= today)

        return {
            "order": below,
            "areas": {(r.key, r.code, r.name, r.full_name, r.level, r.kind, r.provenance) for r in used},
            "staff": {(r.key, r.name, r.login, r.full_time) for r in staff.values()},
            "posts": {
                (staff[r.staff_id].key, r.role, areas[r.area_id].key, r.since, r.until)
                for r in await db.scalars(select(AssignmentRow))
                if lasts(r) and areas[r.area_id].retired_on is None
            },
            "members": {
                (teams[r.team_id].key, staff[r.staff_id].key, r.since, r.until, r.lead, r.full_time)
                for r in await db.scalars(select(TeamMemberRow))
                if lasts(r)
            },
            "teams": {(r.key, r.name, r.brand, r.kind) for r in teams.values()},
            "items": {
                (r.code, r.version, r.effective_from, r.effective_to, r.details["content"])
                for r in items.values()
                if r.effective_to is None or r.effective_to > today
            },
            "closures": {(r.day, r.working, r.reason) for r in await db.scalars(select(ClosureRow))},
            "policy": {(r.role, r.level, r.effect) for r in await db.scalars(select(PolicyLineRow))},
            "profile": (profile.name, profile.brand, profile.levels, profile.circle_minutes),
            "settings": {key: said for key, said in profile.settings.items() if key not in own},
            "registry": (tenancy.registry.get(slug).levels, tenancy.registry.get(slug).timezone),
        }


# ---------------------------------------------------------------------- what a district's own people may change


async def configured(work: Work, random: Random) -> None:
    name = f"区{random.randint(0, 99)}: #1 “样本”"
    changes: dict[str, Any] = random.choice(
        [
            {"name": name, "name_en": "no", "brand": "帮 办"},
            {"circle_minutes": random.randint(1, 120), "contact_phone": random.choice([None, "0533-1"])},
            {"allowed_origins": ["https://b.example", "https://a.example:8443"]},
            {"trusted_documents_only": random.random() < 0.5},
            {"project_lead": None, "hard_case_channel": {"zh": "民情书记", "en": "Secretary: yes"}},
            {
                "modes": [
                    {
                        "mode": "CUSTOM",
                        "name": {"zh": "定制帮", "en": "Custom"},
                        "required": [{"key": "project", "label": {"zh": "项目", "en": "Project"}}],
                    }
                ]
            },
            {
                "rating": {
                    "moments": ["BEFORE", "AFTER"],
                    "assessment": [{"key": "all", "name": {"zh": "全部", "en": "All"}, "weight": 100}],
                }
            },
        ]
    )
    await configure_district(work, changes)


async def kept_longer(work: Work, random: Random) -> None:
    await set_retention(work, case_days=random.randint(180, 4000), account_days=random.choice([None, 500]))


async def named_levels(work: Work, random: Random) -> None:
    names = {random.choice(list(AreaLevel)): {"zh": "社区", "en": "Community"}}
    await set_levels(work, levels=list(AreaLevel), names=names)


async def _area(work: Work, random: Random, level: AreaLevel) -> AreaRow:
    rows = await work.db.scalars(
        select(AreaRow).where(AreaRow.level == level, AreaRow.retired_on.is_(None)).order_by(AreaRow.key)
    )
    return random.choice(list(rows))


async def grown(work: Work, random: Random) -> None:
    town = await _area(work, random, TOWN)
    name = random.choice(["新村", "带,逗号", '带"引号', "123", "yes"])
    kind = random.choice([AreaKind.VILLAGE, AreaKind.COMMUNITY])
    await add_area(work, parent_id=town.id, name=name, level=VILLAGE, kind=kind)


async def renamed(work: Work, random: Random) -> None:
    await rename_area(work, area_id=(await _area(work, random, GRID)).id, name=f"改名{random.randint(0, 9)}")


async def retired(work: Work, random: Random) -> None:
    await retire_area(work, area_id=(await _area(work, random, MICRO)).id)


async def republished(work: Work, random: Random) -> None:
    rows = list(
        await work.db.scalars(
            select(ServiceItemRow).where(ServiceItemRow.effective_to.is_(None)).order_by(ServiceItemRow.code)
        )
    )
    row = random.choice(rows)
    materials = await work.db.scalars(select(ServiceMaterialRow).where(ServiceMaterialRow.item_id == row.id))
    kept = kept_item(row, materials, list(AreaLevel))
    assert kept is not None
    fee = FeeDraft(amount=random.choice([1, 2]) * FEE, basis="收费依据")
    change: dict[str, Any] = random.choice(
        [
            {"name": f"改动事项{random.randint(0, 99)}"},
            {"fee": fee},
            {"conditions": "条件: 见说明 #2", "theme": "null"},
            {"handled_at": (COUNTY, TOWN), "pre_checked_at": (COUNTY,)},
        ]
    )
    await publish_items(work, [replace(kept.draft, **change)], changed_from=work.today)


async def withdrawn(work: Work, random: Random) -> None:
    codes = sorted(await work.db.scalars(select(ServiceItemRow.code)))
    await withdraw_items(work, [random.choice(codes)], on=work.today)


async def hired(work: Work, random: Random) -> None:
    key = f"New.{random.randint(0, 999)}_x"
    teams = list(await work.db.scalars(select(TeamRow.key).order_by(TeamRow.key)))
    area = await _area(work, random, random.choice([TOWN, VILLAGE, GRID]))
    day = work.today - dt.timedelta(days=random.randint(0, 99))
    ends = random.choice(
        [None, work.today, work.today + dt.timedelta(days=9), work.today - dt.timedelta(days=1)]
    )
    ends = None if ends is not None and ends < day else ends
    await import_people(
        work,
        staff=[
            StaffDraft(
                key=key,
                name="样本: 人",
                login=random.choice([None, key, f"login{random.randint(0, 10**9)}"]),
                source=random.choice([None, "VOLUNTEER", "OFFICE"]),
                full_time=random.random() < 0.5,
                active=random.random() < 0.9,
            )
        ],
        assignments=[AssignmentDraft(staff=key, role="helper", area=area.key, since=day, until=ends)],
        memberships=[
            MembershipDraft(
                team=random.choice(teams),
                staff=key,
                since=day,
                until=ends,
                lead=True,
                full_time=random.random() < 0.5,
            )
        ]
        if teams
        else [],
    )


async def gone(work: Work, random: Random) -> None:
    rows = list(
        await work.db.scalars(select(StaffRow).where(StaffRow.key.like("helper%")).order_by(StaffRow.key))
    )
    if rows:
        random.choice(rows).active = False


async def ruled(work: Work, random: Random) -> None:
    line = random.choice(
        [("guide", "TOWN", "case", "accept", "deny"), ("helper", "GRID", "case", "accept", "deny")]
    )
    known = set(await work.db.scalars(select(PolicyLineRow.role)))
    if line[0] not in known:
        named = dict(zip(("role", "level", "object", "action", "effect"), line, strict=True))
        work.db.add(PolicyLineRow(id=new_id(), **named))


async def closed(work: Work, random: Random) -> None:
    day = dt.date(2026, 11, 1) + dt.timedelta(days=random.randint(0, 400))
    if await work.db.get(ClosureRow, day) is None:
        work.db.add(ClosureRow(day=day, working=random.random() < 0.5, reason="本地, “节日”"))


EDITS = (
    *(configured, configured, kept_longer, named_levels, grown, renamed, retired, republished, republished),
    *(withdrawn, hired, hired, gone, ruled, closed),
)


# ---------------------------------------------------------------------- what is not there


def test_no_credential_contact_or_history_is_in_the_files_and_what_is_left_out_is_said(
    installation: Installation, tenancy: Tenancy, exported: Callable[[Tenancy, str], Exported], run: Run[Any]
) -> None:
    run(onboard(installation, tenancy, read_profile(TENANTS / "nanjing-xuanwu")))

    async def end() -> None:
        async with platform_work(tenancy, tenancy.registry.get("nanjing-xuanwu")) as work:
            row = (await work.db.scalars(select(StaffRow).order_by(StaffRow.key))).first()
            assert row is not None
            row.active, row.name = False, "离岗样本"

    run(end())
    found = exported(tenancy, "nanjing-xuanwu")
    text = "\n".join(found.files.values())
    assert "离岗样本" not in text
    said = [en for _, en in found.left_out]
    assert any("passwords" in each for each in said)
    assert any("1 people who are no longer in service" in each for each in said)


def test_closures_are_taken_over_once_and_go_with_the_profile_that_named_them(
    installation: Installation, tenancy: Tenancy, tmp_path: Path, run: Run[Any]
) -> None:
    slug = "closing"
    folder = tmp_path / slug
    folder.mkdir()
    source = TENANTS / "nanjing-xuanwu"
    for name in ("areas.csv", "services.yaml", "people.yaml"):
        (folder / name).write_bytes((source / name).read_bytes())
    text = (source / "district.yaml").read_text("utf-8")
    (folder / "district.yaml").write_text(text.replace("slug: nanjing-xuanwu", f"slug: {slug}"), "utf-8")

    def days() -> list[tuple[dt.date, bool, str]]:
        async def get() -> list[tuple[dt.date, bool, str]]:
            async with platform_work(tenancy, tenancy.registry.get(slug)) as work:
                rows = await work.db.scalars(select(ClosureRow).order_by(ClosureRow.day))
                return [(row.day, row.working, row.reason) for row in rows]

        found: list[tuple[dt.date, bool, str]] = run(get())
        return found

    def taken_over(lines: str) -> None:
        (folder / "calendar.csv").write_text("date,working,reason\n" + lines, "utf-8")
        run(onboard(installation, tenancy, read_profile(folder, template=TENANTS / "template")))

    taken_over("2026-12-03,false,本地节日\n2026-12-05,true,补班\n")
    assert days() == [(dt.date(2026, 12, 3), False, "本地节日"), (dt.date(2026, 12, 5), True, "补班")]
    district = tenancy.registry.get(slug)
    tenancy.forget(slug)
    assert not run(tenancy.calendar(district)).is_working(dt.date(2026, 12, 3))

    async def own_day() -> None:
        async with platform_work(tenancy, district) as work:
            work.db.add(ClosureRow(day=dt.date(2026, 12, 9), working=False, reason="自定"))

    run(own_day())
    taken_over("2026-12-05,true,补班\n")
    assert [day.day for day, _, _ in days()] == [5, 9]


@pytest.mark.parametrize(
    "line",
    [
        "2026-13-01,false,x",
        "2026-12-03,maybe,x",
        "2026-12-03,false,",
        "2026-12-03,false,x\n2026-12-03,true,y",
    ],
)
def test_a_faulty_closure_is_named_with_its_line(line: str, tmp_path: Path) -> None:
    folder = tmp_path / "nanjing-xuanwu"
    folder.mkdir()
    for path in (TENANTS / "nanjing-xuanwu").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "calendar.csv").write_text("date,working,reason\n" + line + "\n", "utf-8")
    (fault,) = [
        each for each in check_profile(folder, template=TENANTS / "template") if each.severity == "error"
    ]
    assert fault.file.endswith("calendar.csv")
    assert fault.line == line.count("\n") + 2


def test_the_profiles_own_row_is_what_the_export_reads(tenancy: Tenancy) -> None:
    assert {column.name for column in ProfileRow.__table__.columns} == {
        *("one", "slug", "name", "brand", "division_code", "levels", "circle_minutes", "timezone"),
        *("number_prefix", "settings"),
    }, "a new column of the profile belongs into its export, or among what is left out"
