"""An auditor's reading of personal records is itself an event: it is on record before the data is read."""

from __future__ import annotations

from collections.abc import Sequence

from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Context


async def record_reading(context: Context, fields: Sequence[str]) -> None:
    """Commit an audit entry that the caller is about to read personal records through ``fields``."""
    district = context.get_district()
    async with context.services.tenancy.write(
        district, context.principal, request_id=context.request_id, now=context.now
    ) as work:
        work.record(
            action=Permission.CASE_READ,
            object="query:" + ",".join(sorted(set(fields))),
            details={"fields": sorted(set(fields))},
        )
