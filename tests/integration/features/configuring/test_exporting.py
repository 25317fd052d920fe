"""A profile comes back from a district: exported, onboarded elsewhere and exported again, it is the same bytes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from tests.conftest import Run, fresh_database, opened
from tests.integration.features.configuring.edits import EDITS

from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.catalog.versions import standing
from bangban.features.configuring.exporting import Exported, export_profile
from bangban.features.districts.onboarding import onboard
from bangban.features.districts.platform import PlatformGrants, platform_work
from bangban.features.people.rules import TeamKind
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow, TeamRow
from bangban.features.places.tables import ServicePointRow
from bangban.features.profiles.profile import Profile
from bangban.features.profiles.reader import check_profile, read_profile, read_template
from bangban.features.staffing.memberships import Membership, set_member
from bangban.features.staffing.teams import set_team
from bangban.kernel.access.grants import Scope
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tables import ClosureRow, PolicyLineRow, ProfileRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.keyring import KeyRing, MasterKey

TENANTS = Path(__file__).resolve().parents[4] / "tenants"
COUNTY, TOWN, VILLAGE, GRID, MICRO = AreaLevel
SLUGS = ("zibo-hitech", "rushan")


class Everything(PlatformGrants):
    """The platform's grants and the administrator's."""

    __slots__ = ()

    def scope(self, permission: Permission) -> Scope:
        own = permission in (Permission.DISTRICT_CONFIGURE, Permission.WORDING_MANAGE)
        return Scope(whole=True) if own else super().scope(permission)


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
    assert places_of(before) == places_of(after)


def places_of(profile: Profile) -> tuple[Any, ...]:
    """Where people live and are served, and who takes on what; agreements that are over are not given back."""
    said, today = profile.places, dt.datetime.now(dt.UTC).date()
    running = {each for each in said.agreements if each.until >= today}
    return set(said.areas), {each.key: each for each in said.points}, running, set(said.delegations)


def posts_of(profile: Profile) -> set[tuple[Any, ...]]:
    return {
        (person.key, held.role, held.area, held.point, held.since, held.until)
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
    for name in ("areas.csv", "services.yaml", "places.yaml", "people.yaml"):
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


def test_a_districts_own_teams_come_back_and_those_that_are_over_are_left_out(
    installation: Installation,
    tenancy: Tenancy,
    elsewhere: tuple[Installation, Tenancy],
    exported: Callable[[Tenancy, str], Exported],
    tmp_path: Path,
    run: Run[Any],
) -> None:
    slug = "rushan"
    run(onboard(installation, tenancy, read_profile(TENANTS / slug)))

    async def keep() -> None:
        async with platform_work(tenancy, tenancy.registry.get(slug)) as work:
            root = (await work.db.scalars(select(AreaRow.id).where(AreaRow.parent_id.is_(None)))).one()
            person = (await work.db.scalars(select(StaffRow).order_by(StaffRow.key))).first()
            assert person is not None
            day = dt.timedelta(days=1)
            teams = {
                "own-plain": {"department": "某局"},
                "own-ends": {"name_en": "Own", "until": work.today + 9 * day},
                "own-over": {},
            }
            for key, changes in teams.items():
                of = {"name": f"队{key}", "kind": TeamKind.PROJECT, "area_id": root}
                team_id = await set_team(work, key=key, changes=changes, **of)
                wished = Membership(since=work.today - 9 * day, lead=True)
                await set_member(work, team_id=team_id, staff_id=person.id, wished=wished)
            await set_team(work, key="own-over", changes={"until": work.today - day}, **of)

    run(keep())
    first = exported(tenancy, slug)
    assert "own-over" not in first.files["people.yaml"]
    assert "1 teams that have ended" in [en for _, en in first.left_out]
    carried(first, slug, tmp_path, elsewhere, run)
    same(first, exported(elsewhere[1], slug))
    for name in ("teams", "members"):
        there, here = (run(stored(each, slug))[name] for each in (elsewhere[1], tenancy))
        assert {each for each in here if each[0].startswith("own-")} == {
            each for each in there if each[0].startswith("own-")
        }
        assert len([each for each in there if each[0].startswith("own-")]) == 2


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
        items = standing(await db.scalars(select(ServiceItemRow).order_by(ServiceItemRow.version)), today)
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
            "teams": {
                (r.key, r.name, r.name_en, r.brand, r.kind, r.department, r.until)
                for r in teams.values()
                if r.until is None or r.until >= today
            },
            "items": {
                (r.code, r.version, r.effective_from, until, r.details["content"]) for r, until in items
            },
            "points": {
                (r.key, r.name, areas[r.area_id].key, r.queue_length, r.wait_minutes)
                for r in await db.scalars(select(ServicePointRow))
                if areas[r.area_id].retired_on is None
            },
            "closures": {(r.day, r.working, r.reason) for r in await db.scalars(select(ClosureRow))},
            "policy": {(r.role, r.level, r.effect) for r in await db.scalars(select(PolicyLineRow))},
            "profile": (profile.name, profile.brand, profile.levels, profile.circle_minutes),
            "settings": {key: said for key, said in profile.settings.items() if key not in own},
            "registry": (tenancy.registry.get(slug).levels, tenancy.registry.get(slug).timezone),
        }


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
