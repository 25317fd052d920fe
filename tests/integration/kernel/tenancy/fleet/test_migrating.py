"""Districts that lag are moved, each whole or not at all, whatever happens to the others or to the run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.kernel.tenancy.catalog import describe
from tests.integration.kernel.tenancy.fleet.conftest import QUICK, SLUGS, findings, having, standing
from tests.releases import COLUMN, Releases
from tests.wire import listening, tap

from bangban.kernel.tenancy.fleet.outcome import Outcome, Pace
from bangban.kernel.tenancy.fleet.planning import plan
from bangban.kernel.tenancy.fleet.running import migrate
from bangban.kernel.tenancy.fleet.starting import upgrade_districts
from bangban.kernel.tenancy.fleet.trouble import Trouble
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.migrations import district_head, pending, replay
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.privileges import wrong_privileges

Run = Callable[[Any], Any]

FAILS_IN_F07 = """
if schema == "d_f07":
    op.execute(f"ALTER TABLE {schema}.area ADD CONSTRAINT impossible CHECK (1 / 0 = 1)")
"""


def moved(fleet: Installation, run: Run, **how: Any) -> Outcome:
    outcome: Outcome = run(migrate(fleet.admin, fleet.names, **{"pace": QUICK, **how}))
    return outcome


def test_all_are_moved_and_a_second_run_asks_one_question(
    fleet: Installation, releases: Releases, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    grants = "op.execute(f'GRANT SELECT ON {schema}.area TO PUBLIC')"  # what no migration should
    revision = releases.add(COLUMN.format(name="n9001") + "\n" + grants)
    assert moved(fleet, run) == Outcome(moved=10)
    assert set(run(standing(fleet)).values()) == {revision} == {district_head()}
    assert run(having(fleet, "n9001")) == set(SLUGS)
    tap(monkeypatch)

    async def again(do: Any) -> list[str]:
        with listening() as heard:
            assert (await do(fleet.admin, fleet.names)).moved == 0
        # What the driver does for each connection and transaction is not a question about districts.
        return [each for each in heard if "platform." in each]

    assert len(run(again(migrate))) == 1
    assert len(run(again(upgrade_districts))) == 1


def test_a_failure_leaves_its_district_whole_and_does_not_stop_the_others(
    fleet: Installation, releases: Releases, run: Run
) -> None:
    async def schema_of_f07() -> Any:
        async with fleet.connection() as connection:
            return await describe(connection, "d_f07")

    before, old = run(schema_of_f07()), district_head()
    first, then = releases.add(), releases.add(COLUMN.format(name="n9003") + FAILS_IN_F07)
    outcome = moved(fleet, run)
    assert (outcome.moved, outcome.failures) == (9, 1)
    assert outcome.failed == [("f07", Trouble.DATA)]
    found = run(standing(fleet))
    assert found.pop("f07") == old  # not at the one between, although that worked
    assert set(found.values()) == {then}
    assert run(schema_of_f07()) == before
    noted = run(findings(fleet))
    assert {slug: (row["revision"], row["problem"], row["tries"]) for slug, row in noted.items()} == {
        "f07": (old, "DATA", 1)
    }
    # Those that failed go last, and count their tries; a process that starts leaves them alone for a while.
    assert moved(fleet, run).failures == 1
    assert run(findings(fleet))["f07"]["tries"] == 2
    assert run(upgrade_districts(fleet.admin, fleet.names)) == Outcome()
    releases.write(then, COLUMN.format(name="n9003"), first)
    assert moved(fleet, run) == Outcome(moved=1)
    assert run(findings(fleet)) == {}
    assert run(having(fleet, "n9003")) == set(SLUGS)


def test_a_canary_that_fails_holds_the_rest_back(fleet: Installation, releases: Releases, run: Run) -> None:
    fails = "assert schema != 'd_f01', 'of its own making'"
    before = district_head()
    revision = releases.add(fails)
    outcome = moved(fleet, run, pace=Pace(canary=3))
    assert (outcome.moved, outcome.failures, outcome.held_back) == (2, 1, 7)
    assert outcome.failed == [("f01", Trouble.INTERNAL)]
    assert sorted(slug for slug, at in run(standing(fleet)).items() if at == revision) == ["f00", "f02"]
    releases.write(revision, COLUMN.format(name=f"n{revision}"), before)
    assert moved(fleet, run, only=["f01", "f09"]) == Outcome(moved=2)
    assert moved(fleet, run, pace=Pace(canary=3)) == Outcome(moved=6)


def test_whoever_stops_a_run_stops_it_between_districts(
    fleet: Installation, releases: Releases, run: Run
) -> None:
    revision = releases.add()

    class Paused(Exception):  # noqa: N818 - as tasks are
        pass

    async def report(_stage: str, done: int, _total: int) -> None:
        if done >= 3:
            raise Paused

    with pytest.raises(Paused):
        moved(fleet, run, report=report)
    found = [slug for slug, at in run(standing(fleet)).items() if at == revision]
    assert 3 <= len(found) <= 3 + QUICK.workers
    assert run(having(fleet, f"n{revision}")) == set(found)
    assert moved(fleet, run) == Outcome(moved=len(SLUGS) - len(found))


def test_what_a_newer_release_moved_is_left_alone(fleet: Installation, releases: Releases, run: Run) -> None:
    async def ahead() -> Outcome:
        async with fleet.connection() as connection:
            await connection.execute("UPDATE platform.district SET revision = 'later' WHERE slug = 'f05'")
            outcome = await migrate(fleet.admin, fleet.names, pace=QUICK)
            found = (await standing(fleet))["f05"]
            await connection.execute("UPDATE platform.district SET revision = $1 WHERE slug = 'f05'", before)
        assert found == "later"
        return outcome

    before = district_head()
    releases.add()
    assert run(ahead()) == Outcome(moved=9)
    assert moved(fleet, run) == Outcome(moved=1)


def test_privileges_are_the_models_whatever_a_migration_did(
    fleet: Installation, releases: Releases, run: Run
) -> None:
    async def rights(column: str) -> tuple[bool, ...]:
        async with fleet.connection() as connection:
            row = await connection.fetchrow(
                "SELECT has_table_privilege($1, 'd_f00.area', 'SELECT'),"
                " has_column_privilege($1, 'd_f00.area', $2, 'SELECT'),"
                " has_column_privilege($1, 'd_f00.area', 'name', 'SELECT')",
                fleet.names.role("f00", Wall.AUDIT),
                column,
            )
            return tuple(row)

    body = "\n".join(
        (
            COLUMN.format(name="secret"),
            (
                'role = op.get_bind().exec_driver_sql("SELECT quote_ident(rolname) FROM pg_roles'
                " WHERE rolname LIKE '%%_' || '{}' || '_audit'\".format(schema)).scalar_one()"
            ),
            "op.execute(f'GRANT SELECT ON {schema}.area TO {role}')",
            "op.execute(f'REVOKE SELECT ON {schema}.area FROM PUBLIC')",
        )
    )
    releases.add(body)
    assert moved(fleet, run) == Outcome(moved=10)
    assert run(rights("secret")) == (False, False, True)


def test_privileges_are_granted_anew_where_they_differ_and_nowhere_else(
    fleet: Installation, releases: Releases, run: Run
) -> None:
    rw, ro = (fleet.names.role("f00", wall) for wall in (Wall.WRITE, Wall.READ))

    async def scene() -> tuple[set[str], list[str]]:
        async with fleet.connection() as connection:

            async def written() -> dict[str, Any]:
                rows = await connection.fetch(
                    "SELECT relname, array_agg(attribute.xmin::text ORDER BY attnum) FROM pg_class"
                    " JOIN pg_attribute attribute ON attrelid = pg_class.oid"
                    " WHERE relnamespace = 'd_f00'::regnamespace AND relkind = 'r' GROUP BY relname"
                )
                return dict(rows)

            for harm in (
                f'REVOKE INSERT ON d_f00.staff FROM "{rw}"',
                f'GRANT UPDATE (reason) ON d_f00.closure TO "{ro}"',
                f'GRANT SELECT ON d_f00.team TO "{rw}" WITH GRANT OPTION',
                f'REVOKE SELECT (name) ON d_f00.service_item FROM "{ro}"',
                f'GRANT CREATE ON SCHEMA d_f00 TO "{rw}"',
            ):
                await connection.execute(harm)
            before = await written()
            assert (await migrate(fleet.admin, fleet.names, pace=QUICK)).moved == 10
            after = await written()
            wrong = await wrong_privileges(connection, fleet.names, "f00")
            return {table for table in after if after[table] != before[table]}, wrong

    releases.add()
    changed, wrong = run(scene())
    assert {"area", "staff", "closure", "team", "service_item"} >= changed > {"area"}
    assert wrong == []


@given(mix=st.lists(st.integers(0, 3), min_size=10, max_size=10))
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_from_any_mix_of_revisions_a_run_ends_at_the_head(
    fleet: Installation, releases: Releases, run: Run, mix: list[int]
) -> None:
    start = district_head()
    added = [releases.add() for _ in range(3)]

    async def scene() -> None:
        engine = fleet.admin.engine(size=0)
        for slug, steps in zip(SLUGS, mix, strict=True):
            if steps:
                async with engine.begin() as connection:
                    await replay(connection, fleet.names, slug, added[:steps])
        async with engine.connect() as connection:
            planned = await plan(connection, fleet.names)
        await engine.dispose()
        lacking = [sum(1 for at in mix if at <= place) for place in range(3)]
        assert [each.districts for each in planned.steps] == [count for count in lacking if count]
        assert set(planned.slugs) == {slug for slug, at in zip(SLUGS, mix, strict=True) if at < 3}
        assert planned.revisions.get(start, 0) == mix.count(0)
        outcome = await migrate(fleet.admin, fleet.names, pace=QUICK)
        assert outcome == Outcome(moved=len(planned.slugs))

    run(scene())
    assert pending(start) == added
    assert set(run(standing(fleet)).values()) == {district_head()}
    for revision in added:
        assert run(having(fleet, f"n{revision}")) == set(SLUGS)
