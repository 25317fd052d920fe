"""Whatever is changed in a district behind the migrations' back is found, and named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.kernel.tenancy.apart import Apart
from tests.integration.kernel.tenancy.fleet.conftest import findings
from tests.releases import releases_in

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy.fleet import drift as drift_module
from bangban.kernel.tenancy.fleet.drift import Drift, check_drift
from bangban.kernel.tenancy.fleet.running import migrate
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.provisioning import regrant_statements
from bangban.kernel.vault.keyring import KeyRing

Run = Callable[[Any], Any]
SLUGS = ("aa", "bb", "cc", "dd", "ee")


@pytest.fixture(scope="module")
def five(server: Endpoint, ring: KeyRing, run: Run) -> Any:
    apart = Apart(server, ring, run)
    try:
        yield apart.make(*SLUGS)
    finally:
        apart.close()


def checked(five: Installation, run: Run, **how: Any) -> Drift:
    found: Drift = run(check_drift(five.admin, five.names, **how))
    return found


async def say(five: Installation, *statements: str) -> None:
    async with five.connection() as connection:
        for statement in statements:
            await connection.execute(statement)


def test_districts_as_they_were_made_have_none(five: Installation, run: Run) -> None:
    assert checked(five, run) == Drift(checked=5)
    assert run(findings(five, "DRIFT")) == {}


@pytest.mark.parametrize(
    ("change", "back", "kind", "object_", "what"),
    [
        ("DROP INDEX d_bb.area_parent_idx",
         "CREATE INDEX area_parent_idx ON d_bb.area (parent_id, position, id)",
         "index", "area.area_parent_idx", "gone"),
        ("ALTER TABLE d_bb.staff ALTER COLUMN active SET DEFAULT false",
         "ALTER TABLE d_bb.staff ALTER COLUMN active DROP DEFAULT",
         "column", "staff.active", "changed"),
        ("ALTER TABLE d_bb.area ADD COLUMN extra text", "ALTER TABLE d_bb.area DROP COLUMN extra",
         "column", "area.extra", "new"),
        ("ALTER TABLE d_bb.area ALTER COLUMN name TYPE varchar(9)",
         "ALTER TABLE d_bb.area ALTER COLUMN name TYPE text",
         "column", "area.name", "changed"),
        ("ALTER TABLE d_bb.area ALTER COLUMN name DROP NOT NULL",
         "ALTER TABLE d_bb.area ALTER COLUMN name SET NOT NULL",
         "column", "area.name", "changed"),
        ("ALTER TABLE d_bb.closure ADD CONSTRAINT odd CHECK (reason <> 'x')",
         "ALTER TABLE d_bb.closure DROP CONSTRAINT odd", "constraint", "closure.odd", "new"),
        ("REVOKE INSERT ON d_bb.area FROM {rw}",
         "GRANT INSERT ON d_bb.area TO {rw}", "privilege", "area rw", "changed"),
        ("GRANT SELECT ON d_bb.area TO {audit}", ("REVOKE SELECT ON d_bb.area FROM {audit};"
         "GRANT SELECT (id, key, code, name, full_name, level, kind, parent_id, path, position, provenance, retired_on,"
         " longitude, latitude, population)"
         " ON d_bb.area TO {audit}"), "privilege", "area audit", "new"),
        ("GRANT USAGE ON SCHEMA d_bb TO PUBLIC", "REVOKE USAGE ON SCHEMA d_bb FROM PUBLIC",
         "privilege", "(schema) PUBLIC", "new"),
        ("REVOKE {ro} FROM {application}", "GRANT {ro} TO {application} WITH INHERIT FALSE, SET TRUE",
         "role", "ro", "changed"),
        ("ALTER ROLE {rw} BYPASSRLS", "ALTER ROLE {rw} NOBYPASSRLS", "role", "rw", "changed"),
        ("CREATE TABLE d_bb.odd (id int)", "DROP TABLE d_bb.odd", "table", "odd", "new"),
        ("CREATE VIEW d_bb.odd AS SELECT 1 AS one", "DROP VIEW d_bb.odd", "table", "odd", "new"),
        ("ALTER TABLE d_bb.area OWNER TO {rw}",
         "ALTER TABLE d_bb.area OWNER TO CURRENT_USER", "table", "area", "changed"),
        ("CREATE FUNCTION d_bb.f() RETURNS int RETURN 1", "DROP FUNCTION d_bb.f", "other", "function f", "new"),
        ("ALTER SEQUENCE d_bb.audit_entry_seq_seq CYCLE", "ALTER SEQUENCE d_bb.audit_entry_seq_seq NO CYCLE",
         "sequence", "audit_entry_seq_seq", "changed"),
    ],
)  # fmt: skip
def test_each_kind_of_change_is_found_and_named(
    five: Installation, run: Run, change: str, back: str, kind: str, object_: str, what: str
) -> None:
    roles = {str(wall): five.names.role("bb", wall) for wall in Wall} | {
        "application": five.names.application
    }
    run(say(five, change.format(**roles)))
    try:
        found = checked(five, run)
        assert (found.checked, found.drifted, list(found.districts)) == (5, 1, ["bb"])
        items = {(each.kind, each.object): each for each in found.districts["bb"]}
        item = items[kind, object_]
        assert {"gone": item.found is None, "new": item.expected is None}.get(
            what, item.expected != item.found and None not in (item.expected, item.found)
        )
        assert run(findings(five, "DRIFT"))["bb"]["revision"]
    finally:
        run(say(five, back.format(**roles)))
        if "OWNER" in change:
            run(say(five, *regrant_statements(five.names, "bb")))
    assert checked(five, run).districts == {}
    assert run(findings(five, "DRIFT")) == {}


def test_an_older_revision_is_compared_with_what_it_should_be(
    five: Installation, run: Run, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drift_module, "BATCH", 2)
    with releases_in(tmp_path) as releases:
        releases.add()
        assert run(migrate(five.admin, five.names, only=["cc"])).moved == 1
        run(say(five, "DROP INDEX d_aa.area_parent_idx"))
        found = checked(five, run)
        # The models of this release do not know the new column: it is theirs that is compared with at the head.
        assert sorted(found.districts) == ["aa", "cc"]
        assert [(each.kind, each.object) for each in found.districts["aa"]] == [
            ("index", "area.area_parent_idx")
        ]
        assert [(each.kind, each.object) for each in found.districts["cc"]] == [("column", "area.n9001")]
    # For the release before, one district is ahead.
    found = checked(five, run)
    assert (found.unknown, sorted(found.districts)) == (1, ["aa"])
    run(say(five, "CREATE INDEX area_parent_idx ON d_aa.area (parent_id, position, id)"))


def test_a_schema_that_is_gone_is_all_difference(five: Installation, run: Run) -> None:
    run(say(five, "DROP SCHEMA d_ee CASCADE"))
    found = checked(five, run, only=["ee", "bb"])
    assert (found.checked, list(found.districts)) == (2, ["ee"])
    assert all(each.found is None for each in found.districts["ee"])
