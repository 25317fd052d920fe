"""Around the filling: empty tables without their secondary indexes, then the indexes, the counters, the statistics."""

from __future__ import annotations

from typing import Final

from bangban.features import all_tables  # noqa: F401 - so that the metadata is whole
from bangban.kernel.database.base import TenantBase


def _of_cases() -> tuple[str, ...]:
    """Cases, and whatever refers to them in the end."""
    found = {"cases"}
    while (
        more := {
            table.name
            for table in TenantBase.metadata.tables.values()
            if {key.column.table.name for key in table.foreign_keys} & found
        }
        - found
    ):
        found |= more
    return ("cases", *sorted(found - {"cases"}))


# All that a case consists of. Emptied in the transaction that fills it, they are written without a log where the
# server's wal_level is minimal.
CASE_TABLES: Final = _of_cases()

# Foreign keys hold by construction; checking each of some ten million rows would take longer than all else.
UNCHECKED: Final = "SET LOCAL session_replication_role = replica"
MEMORY: Final = "SET LOCAL work_mem = '256MB'; SET LOCAL maintenance_work_mem = '512MB'"

EMPTY: Final = "TRUNCATE " + ", ".join(f"{{s}}.{table}" for table in CASE_TABLES)
NO_RESIDENTS: Final = "DELETE FROM {s}.resident"

# Those without a constraint; $1 schema, $2 tables.
INDEXES: Final = """
SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = $1 AND t.relname = ANY($2::text[])
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
ORDER BY c.relname
"""

COUNTERS: Final = """
SELECT setval(pg_get_serial_sequence('{s}.cases', 'serial'), (SELECT max(serial) FROM {s}.cases)),
       setval(pg_get_serial_sequence('{s}.audit_entry', 'seq'), (SELECT max(seq) FROM {s}.audit_entry))
"""

SETTLE: Final = "VACUUM (FREEZE, ANALYZE) {s}.{table}"

# One password's hash for every account that has a login.
PASSWORDS: Final = """
INSERT INTO {s}.credential (staff_id, password_hash, changed_at)
SELECT id, $1, $2 FROM {s}.staff WHERE login IS NOT NULL
ON CONFLICT (staff_id) DO UPDATE SET password_hash = excluded.password_hash, changed_at = excluded.changed_at
"""

AREAS: Final = """
SELECT a.key, a.id, p.key AS parent, a.level FROM {s}.area a LEFT JOIN {s}.area p ON p.id = a.parent_id
"""
STAFF: Final = "SELECT key, id FROM {s}.staff"
COUNT: Final = "SELECT count(*) FROM {s}.cases"
