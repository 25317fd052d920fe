"""What a statement of a migration takes hold of, and how long that lasts: from PostgreSQL's own documentation.

Chapters 13.3 (lock modes) and ALTER TABLE of PostgreSQL 18. What is not recognised counts as the worst.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Lock(StrEnum):
    """How strongly a table is held, from nothing to everything."""

    NONE = "NONE"
    ROW_EXCLUSIVE = "ROW EXCLUSIVE"
    SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE"
    SHARE = "SHARE"
    SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
    ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"

    @property
    def strength(self) -> int:
        """Its place in the order."""
        return list(Lock).index(self)


class Labour(StrEnum):
    """What is done while the lock is held: nothing that grows with the table, or reading or writing all of it."""

    CATALOG = "CATALOG"
    SCAN = "SCAN"
    BUILD = "BUILD"
    ROWS = "ROWS"
    REWRITE = "REWRITE"
    UNKNOWN = "UNKNOWN"


# Bytes of a table in a second, cautiously: a small server, nothing in its cache. They order plans, no more.
RATES: Final = {
    Labour.SCAN: 100_000_000,
    Labour.BUILD: 20_000_000,
    Labour.ROWS: 10_000_000,
    Labour.REWRITE: 20_000_000,
    Labour.UNKNOWN: 10_000_000,
}


@dataclass(frozen=True)
class Effect:
    """What one statement does to one table. ``existing`` is false for tables that the migration itself makes."""

    table: str | None
    lock: Lock
    labour: Labour
    statement: str
    existing: bool = True

    def seconds(self, size: int) -> float:
        """About how long it takes on a table of ``size`` bytes."""
        rate = RATES.get(self.labour)
        return 0.0 if rate is None or not self.existing else size / rate


_NAME: Final = r'(?:(?:"[^"]+"|\w+)\.)?(?:"([^"]+)"|(\w+))'
_TABLE: Final = re.compile(rf"(?:IF EXISTS )?(?:ONLY )?{_NAME}")
_VOLATILE: Final = re.compile(
    r"DEFAULT [^,]*\b(?:random|clock_timestamp|gen_random_uuid|uuidv[47]|nextval|timeofday)\s*\("
)
_REFERENCED: Final = re.compile(rf"\bREFERENCES {_NAME}", re.IGNORECASE)


def _named(text: str) -> str | None:
    found = _TABLE.match(text)
    return None if found is None else found.group(1) or found.group(2)


# The statement's beginning, up to the table; lock; labour.
_SIMPLE: Final = tuple(
    (re.compile(pattern + r"\s+", re.IGNORECASE), lock, labour)
    for pattern, lock, labour in (
        (r"CREATE TABLE(?: IF NOT EXISTS)?", Lock.NONE, Labour.CATALOG),
        (r"CREATE (?:UNIQUE )?INDEX (?:IF NOT EXISTS )?\S+ ON", Lock.SHARE, Labour.BUILD),
        (r"DROP TABLE", Lock.ACCESS_EXCLUSIVE, Labour.CATALOG),
        (r"TRUNCATE(?: TABLE)?", Lock.ACCESS_EXCLUSIVE, Labour.CATALOG),
        (r"ANALYZE", Lock.SHARE_UPDATE_EXCLUSIVE, Labour.SCAN),
        (r"COMMENT ON TABLE", Lock.SHARE_UPDATE_EXCLUSIVE, Labour.CATALOG),
        (r"UPDATE", Lock.ROW_EXCLUSIVE, Labour.ROWS),
        (r"DELETE FROM", Lock.ROW_EXCLUSIVE, Labour.ROWS),
        (r"INSERT INTO", Lock.ROW_EXCLUSIVE, Labour.ROWS),
    )
)
_ALTER: Final = re.compile(r"ALTER TABLE\s+", re.IGNORECASE)
_EXCLUSIVE, _UPDATE = Lock.ACCESS_EXCLUSIVE, Lock.SHARE_UPDATE_EXCLUSIVE
# What follows the table's name in ALTER TABLE. The first that matches counts.
_CHANGES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), lock, labour)
    for pattern, lock, labour in (
        (r"VALIDATE CONSTRAINT", _UPDATE, Labour.SCAN),
        (r"ADD (?:CONSTRAINT \S+ )?FOREIGN KEY.*NOT VALID", Lock.SHARE_ROW_EXCLUSIVE, Labour.CATALOG),
        (r"ADD (?:CONSTRAINT \S+ )?FOREIGN KEY", Lock.SHARE_ROW_EXCLUSIVE, Labour.SCAN),
        (r"ADD CONSTRAINT .*USING INDEX", _EXCLUSIVE, Labour.CATALOG),
        (r"ADD (?:CONSTRAINT \S+ )?(?:UNIQUE|PRIMARY KEY|EXCLUDE)", _EXCLUSIVE, Labour.BUILD),
        (r"ADD (?:CONSTRAINT \S+ )?(?:CHECK|NOT NULL).*NOT VALID", _EXCLUSIVE, Labour.CATALOG),
        (r"ADD (?:CONSTRAINT \S+ )?(?:CHECK|NOT NULL)", _EXCLUSIVE, Labour.SCAN),
        (r"ADD (?:COLUMN )?.*\bGENERATED ALWAYS AS \(.*\) STORED", _EXCLUSIVE, Labour.REWRITE),
        (r"ADD (?:COLUMN )?.*\bGENERATED (?:ALWAYS|BY DEFAULT) AS IDENTITY", _EXCLUSIVE, Labour.REWRITE),
        (r"ADD (?:COLUMN )?\S+ (?:BIG|SMALL)?SERIAL\b", _EXCLUSIVE, Labour.REWRITE),
        (r"ADD (?:COLUMN )?", _EXCLUSIVE, Labour.CATALOG),
        (r"ALTER (?:COLUMN )?\S+ (?:SET DATA )?TYPE", _EXCLUSIVE, Labour.REWRITE),
        (r"ALTER (?:COLUMN )?\S+ SET EXPRESSION", _EXCLUSIVE, Labour.REWRITE),
        (r"ALTER (?:COLUMN )?\S+ SET NOT NULL", _EXCLUSIVE, Labour.SCAN),
        (r"ALTER (?:COLUMN )?\S+ SET STATISTICS", _UPDATE, Labour.CATALOG),
        (r"ALTER (?:COLUMN )?\S+ (?:SET|DROP|ADD)", _EXCLUSIVE, Labour.CATALOG),
        (r"(?:DROP|RENAME)", _EXCLUSIVE, Labour.CATALOG),
        (r"SET \(", _UPDATE, Labour.CATALOG),
    )
)
_NEEDS_NO_LOCK: Final = re.compile(r"(?:GRANT|REVOKE)\b", re.IGNORECASE)
_DROP_INDEX: Final = re.compile(r"DROP INDEX\b", re.IGNORECASE)


def effects_of(statement: str) -> tuple[Effect, ...]:
    """What a statement does to the tables that it touches, those beside its own included."""
    text = " ".join(statement.split())
    first = _first_effect(text)
    beside = tuple(
        Effect(found.group(1) or found.group(2), Lock.SHARE_ROW_EXCLUSIVE, Labour.CATALOG, text)
        for found in _REFERENCED.finditer(text)
    )
    return (first, *(each for each in beside if each.table != first.table))


def _first_effect(text: str) -> Effect:
    for pattern, lock, labour in _SIMPLE:
        found = pattern.match(text)
        if found is not None:
            return Effect(_named(text[found.end() :]), lock, labour, text)
    if _NEEDS_NO_LOCK.match(text):
        return Effect(None, Lock.NONE, Labour.CATALOG, text)
    if _DROP_INDEX.match(text):  # of the index and of its table, which the statement does not name
        return Effect(None, Lock.ACCESS_EXCLUSIVE, Labour.CATALOG, text)
    altered = _ALTER.match(text)
    table = _TABLE.match(text, altered.end()) if altered is not None else None
    if table is None:
        return Effect(None, Lock.ACCESS_EXCLUSIVE, Labour.UNKNOWN, text)
    lock, labour = _of_change(text[table.end() :].strip())
    return Effect(table.group(1) or table.group(2), lock, labour, text)


def _of_change(change: str) -> tuple[Lock, Labour]:
    for pattern, lock, labour in _CHANGES:
        if pattern.match(change):
            each_row = (
                labour is Labour.CATALOG and change.upper().startswith("ADD") and _VOLATILE.search(change)
            )
            return lock, Labour.REWRITE if each_row else labour
    return Lock.ACCESS_EXCLUSIVE, Labour.UNKNOWN


_CREATED: Final = re.compile(rf"CREATE TABLE (?:IF NOT EXISTS )?{_NAME}", re.IGNORECASE)


def effects_of_all(statements: tuple[str, ...]) -> tuple[Effect, ...]:
    """The same of a whole migration: tables that it makes itself are nobody else's yet."""
    made: set[str] = set()
    found: list[Effect] = []
    for statement in statements:
        created = _CREATED.match(" ".join(statement.split()))
        if created is not None:
            made.add(created.group(1) or created.group(2))
        for each in effects_of(statement):
            existing = each.table not in made
            found.append(Effect(each.table, each.lock, each.labour, each.statement, existing))
    return tuple(found)


def strongest(effects: tuple[Effect, ...]) -> Lock:
    """The strongest lock on a table that was there before."""
    return max(
        (each.lock for each in effects if each.existing),
        key=lambda lock: lock.strength,
        default=Lock.NONE,
    )
