"""Districts that lag are brought up one by one, whole or not at all, by whoever comes first."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from tests.integration.kernel.tenancy.apart import Apart
from tests.integration.kernel.tenancy.catalog import describe
from tests.wire import listening, tap

from bangban.kernel.tenancy import migrations
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.migrations import district_head, pending, upgrade_districts
from bangban.kernel.tenancy.names import Wall

Run = Callable[[Any], Any]

NEXT = '''"""A revision that only this test has."""

import sqlalchemy as sa

revision = "9999"
down_revision = {before!r}
branch_labels = None
depends_on = None


def upgrade(op, *, schema):
    op.add_column("area", sa.Column("next", sa.Text(), nullable=True), schema=schema)
    role = f"SELECT quote_ident(rolname) FROM pg_roles WHERE rolname LIKE '%{{schema}}_audit'"
    audit = op.get_bind().exec_driver_sql(role).scalar_one()
    op.execute(f"GRANT SELECT ON {{schema}}.area TO {{audit}}")  # what no migration should
    if schema == {fails!r}:
        op.execute(f"ALTER TABLE {{schema}}.area ADD CONSTRAINT impossible CHECK (1 / 0 = 1)")
'''


@pytest.fixture
def a_release_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Makes this process one of the next release: the district history has a revision more."""
    folder = tmp_path / "database"
    before = district_head()

    def release(*, fails: str = "nowhere") -> None:
        if not folder.exists():
            shutil.copytree(migrations.SCHEMA_FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
        text = NEXT.format(before=before, fails=fails)
        (folder / "district" / "versions" / "9999_next.py").write_text(text, encoding="utf-8")
        monkeypatch.setattr(migrations, "SCHEMA_FOLDER", folder)
        forget()

    def forget() -> None:
        migrations.district_scripts.cache_clear()
        migrations.district_head.cache_clear()

    yield release
    monkeypatch.undo()
    forget()


async def standing(installation: Installation) -> dict[str, tuple[str, bool]]:
    """Each district's noted revision, and whether its schema has what the next one adds."""
    async with installation.connection() as connection:
        rows = await connection.fetch(
            """
            SELECT slug, revision, EXISTS (
                SELECT FROM information_schema.columns WHERE column_name = 'next'
                AND table_schema = 'd_' || replace(slug, '-', '_')) FROM platform.district
            """
        )
        return {slug: (revision, there) for slug, revision, there in rows}


@pytest.fixture
def three(apart: Apart) -> Installation:
    """An installation of its own with three districts."""
    return apart.make("aa", "bb", "cc")


def test_lagging_districts_are_moved_and_a_second_run_asks_one_question(
    three: Installation,
    a_release_later: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    run: Run,
) -> None:
    before = run(standing(three))
    assert set(before.values()) == {(district_head(), False)}
    a_release_later()
    assert district_head() == "9999"
    assert pending(before["aa"][0]) == ["9999"]
    assert run(upgrade_districts(three.admin, three.names)) == 3
    assert set(run(standing(three)).values()) == {("9999", True)}
    tap(monkeypatch)

    async def again() -> list[str]:
        with listening() as heard:
            assert await upgrade_districts(three.admin, three.names) == 0
        # What the driver does for each connection and transaction is not a question about districts.
        return [each for each in heard if "platform." in each]

    assert len(run(again())) == 1
    # Privileges are the models', whatever the migration did.
    assert run(auditors_rights(three)) == (False, False, True)


async def auditors_rights(installation: Installation) -> tuple[bool, ...]:
    """Whether auditors read all of the areas, what the new revision added, and what they should."""
    async with installation.connection() as connection:
        row = await connection.fetchrow(
            "SELECT has_table_privilege($1, 'd_aa.area', 'SELECT'),"
            " has_column_privilege($1, 'd_aa.area', 'next', 'SELECT'),"
            " has_column_privilege($1, 'd_aa.area', 'name', 'SELECT')",
            installation.names.role("aa", Wall.AUDIT),
        )
        return tuple(row)


def test_a_failure_leaves_its_district_whole_at_its_old_revision_and_the_run_resumes(
    three: Installation, a_release_later: Callable[..., None], run: Run
) -> None:
    old = district_head()

    async def schema_of_bb() -> Any:
        async with three.connection() as connection:
            return await describe(connection, "d_bb")

    before = run(schema_of_bb())
    a_release_later(fails="d_bb")
    with pytest.raises(DBAPIError):
        run(upgrade_districts(three.admin, three.names))
    found = run(standing(three))
    assert (found["aa"], found["bb"], found["cc"]) == (("9999", True), (old, False), (old, False))
    assert run(schema_of_bb()) == before
    a_release_later()
    assert run(upgrade_districts(three.admin, three.names)) == 2
    assert set(run(standing(three)).values()) == {("9999", True)}


def test_processes_that_start_together_move_each_district_once(
    three: Installation, a_release_later: Callable[..., None], run: Run
) -> None:
    a_release_later()

    async def together() -> list[int]:
        return await asyncio.gather(*(upgrade_districts(three.admin, three.names) for _ in range(3)))

    assert sum(run(together())) == 3
    assert set(run(standing(three)).values()) == {("9999", True)}
