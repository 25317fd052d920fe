"""What statements take hold of, and for how long."""

from __future__ import annotations

import pytest

from bangban.kernel.tenancy.fleet.locks import Labour, Lock, effects_of, effects_of_all, strongest

T = "d_x.cases"


@pytest.mark.parametrize(
    ("statement", "lock", "labour"),
    [
        (f"ALTER TABLE {T} ADD COLUMN a TEXT", "ACCESS EXCLUSIVE", "CATALOG"),
        (f"ALTER TABLE {T} ADD COLUMN a UUID DEFAULT gen_random_uuid()", "ACCESS EXCLUSIVE", "REWRITE"),
        (f"ALTER TABLE {T} ADD COLUMN a BIGINT GENERATED ALWAYS AS IDENTITY", "ACCESS EXCLUSIVE", "REWRITE"),
        (f"ALTER TABLE {T} ADD COLUMN a TEXT GENERATED ALWAYS AS (b) STORED", "ACCESS EXCLUSIVE", "REWRITE"),
        (f"ALTER TABLE {T} ALTER COLUMN a TYPE BIGINT", "ACCESS EXCLUSIVE", "REWRITE"),
        (f"ALTER TABLE {T} ALTER COLUMN a SET NOT NULL", "ACCESS EXCLUSIVE", "SCAN"),
        (f"ALTER TABLE {T} ALTER COLUMN a DROP DEFAULT", "ACCESS EXCLUSIVE", "CATALOG"),
        (f"ALTER TABLE {T} ADD CONSTRAINT c CHECK (a > 0)", "ACCESS EXCLUSIVE", "SCAN"),
        (f"ALTER TABLE {T} ADD CONSTRAINT c CHECK (a > 0) NOT VALID", "ACCESS EXCLUSIVE", "CATALOG"),
        (f"ALTER TABLE {T} VALIDATE CONSTRAINT c", "SHARE UPDATE EXCLUSIVE", "SCAN"),
        (f"ALTER TABLE {T} ADD CONSTRAINT c UNIQUE (a)", "ACCESS EXCLUSIVE", "BUILD"),
        (f"ALTER TABLE {T} RENAME COLUMN a TO b", "ACCESS EXCLUSIVE", "CATALOG"),
        (f"CREATE INDEX i ON {T} (a)", "SHARE", "BUILD"),
        (f"ANALYZE {T}", "SHARE UPDATE EXCLUSIVE", "SCAN"),
        (f"UPDATE {T} SET a = 1", "ROW EXCLUSIVE", "ROWS"),
        (f"VACUUM FULL {T}", "ACCESS EXCLUSIVE", "UNKNOWN"),
    ],
)
def test_a_statement_is_known_by_its_lock_and_its_labour(statement: str, lock: str, labour: str) -> None:
    (found,) = effects_of(statement)
    assert (found.lock, found.labour) == (Lock(lock), Labour(labour))
    assert found.table == (None if labour == "UNKNOWN" else "cases")


def test_a_foreign_key_holds_both_tables() -> None:
    found = effects_of(f"ALTER TABLE {T} ADD CONSTRAINT f FOREIGN KEY(a) REFERENCES d_x.area (id)")
    assert [(each.table, each.lock, each.labour) for each in found] == [
        ("cases", Lock.SHARE_ROW_EXCLUSIVE, Labour.SCAN),
        ("area", Lock.SHARE_ROW_EXCLUSIVE, Labour.CATALOG),
    ]


def test_what_a_migration_makes_itself_holds_up_nobody() -> None:
    effects = effects_of_all((f"CREATE TABLE {T} (a TEXT)", f"CREATE INDEX i ON {T} (a)", "ANALYZE d_x.area"))
    assert strongest(effects) is Lock.SHARE_UPDATE_EXCLUSIVE
    assert [each.existing for each in effects] == [False, False, True]
    assert effects[1].seconds(10**9) == 0.0
    assert effects[2].seconds(10**9) == 10.0
