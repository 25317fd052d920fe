"""The trail, read as an auditor reads it."""

from __future__ import annotations

from typing import Any

from tests.api.casework import (
    Desk,
)

TRAIL = """
query($filter: AuditFilter, $first: Int, $after: String) {
  auditTrail(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { id seq at actor action object area { id code } requestId } }
  }
}
"""


def trail(desk: Desk, **filter_: Any) -> list[dict[str, Any]]:
    """What the auditor reads, the latest first."""
    page = desk.staff("auditor")(TRAIL, filter=filter_, first=100).data["auditTrail"]
    assert page["totalCount"] == len(page["edges"])
    return [edge["node"] for edge in page["edges"]]
