"""What is asked of every contestant. One folder for each operation:

- ``operation.graphql``, for this API and the Python peers, which serve the same fields;
- ``postgraphile.graphql``, the same as PostGraphile names things (absent where only this API is asked);
- ``expected.sql``, the answer straight from the tables; ``$1`` holds the variables as JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

_HERE: Final = Path(__file__).parent
_NAMED: Final = _HERE.parents[1] / "schema" / "graphql" / "operations"


@dataclass(frozen=True)
class Operation:
    """One operation. ``samples`` is SQL that gives variables as JSON, ``$1`` of them at most."""

    name: str
    title: str
    who: str
    samples: str

    @property
    def for_peers(self) -> bool:
        """Whether peers are asked as well: what needs this API's own rules they cannot answer."""
        return (_HERE / self.name / "postgraphile.graphql").exists()

    @cached_property
    def document(self) -> str:
        """The GraphQL document."""
        return (_HERE / self.name / "operation.graphql").read_text("utf-8").strip()

    @cached_property
    def postgraphile(self) -> str:
        """The same for PostGraphile."""
        return (_HERE / self.name / "postgraphile.graphql").read_text("utf-8").strip()

    @cached_property
    def expected(self) -> str:
        """SQL for the answer."""
        return (_HERE / self.name / "expected.sql").read_text("utf-8").strip()


_STATES: Final = """
SELECT jsonb_build_object('state', state) FROM unnest(ARRAY['SUBMITTED', 'PRE_CHECKING', 'ACCEPTED', 'IN_PROGRESS'])
    AS state
LIMIT $1
"""
_NUMBERS: Final = """
SELECT jsonb_build_object('number', number) FROM cases TABLESAMPLE BERNOULLI (
    (SELECT least(100, 400.0 * $1 / greatest(1, reltuples)) FROM pg_class WHERE oid = 'cases'::regclass)
) REPEATABLE (1) LIMIT $1
"""
_PARENTS: Final = """
SELECT jsonb_build_object('id', a.id) FROM area a
WHERE a.retired_on IS NULL AND EXISTS (SELECT FROM area c WHERE c.parent_id = a.id AND c.retired_on IS NULL)
ORDER BY a.key LIMIT $1
"""
_ACTORS: Final = """
SELECT jsonb_build_object('actor', actor)
FROM (SELECT actor FROM (SELECT actor FROM audit_entry ORDER BY seq DESC LIMIT 5000) AS latest
      GROUP BY actor ORDER BY count(*) DESC, actor LIMIT least($1, 20)) AS busy
"""
_NOTHING: Final = "SELECT '{}'::jsonb LIMIT $1"

ALL: Final[Mapping[str, Operation]] = {
    each.name: each
    for each in (
        Operation("inbox", "inbox of 20 cases", "clerk", _STATES),
        Operation("case", "one case", "clerk", _NUMBERS),
        Operation("catalog", "catalog of 100", "clerk", _NOTHING),
        Operation("areas", "area page", "clerk", _PARENTS),
        Operation("audit", "audit page of 50", "auditor", _ACTORS),
        Operation("desk", "a clerk's own cases, most urgent first", "clerk", _NOTHING),
        Operation("dashboard", "dashboard of counts", "clerk", _NOTHING),
    )
}


def named(name: str) -> str:
    """A committed operation of the product."""
    return (_NAMED / f"{name}.graphql").read_text("utf-8").strip()


def comparable(value: Any) -> Any:
    """An answer without what may differ between right ones: cursors, the writing of times and of whole numbers."""
    if isinstance(value, dict):
        return {key: comparable(each) for key, each in value.items() if key != "endCursor"}
    if isinstance(value, list):
        return [comparable(each) for each in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return str(value)  # PostGraphile sends bigint as text
    if isinstance(value, str) and len(value) > 18 and value[4:5] == "-" and value[10:11] == "T":
        return moment(value)
    return value


def moment(text: str) -> str:
    """A time in UTC, to the microsecond."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC).isoformat(timespec="microseconds")
    except ValueError:
        return text
