"""Letting the pages of a district's portals call: the registry's copy of the origins that portals state.

Browsers ask before they send a token, so what a page may do is decided by the district's origins in the registry;
whether a portal's own token may come from there, by the portal's.
"""

from __future__ import annotations

import json
from functools import lru_cache

from bangban.kernel.database.telling import tell
from bangban.kernel.tenancy.names import Names, Wall, quoted
from bangban.kernel.tenancy.tables import DistrictRow
from bangban.kernel.tenancy.tenancy import Tenancy


@lru_cache(maxsize=1024)
def _origins_statement(slug: str) -> str:
    schema = quoted(Names.schema(slug))
    return f"""
        SELECT coalesce(json_agg(DISTINCT origin ORDER BY origin), '[]')::text
        FROM {schema}.staff, unnest(portal_origins) AS origin WHERE active
    """  # noqa: S608 - the schema is a checked identifier of ours


async def carry_origins_over(tenancy: Tenancy, slug: str) -> None:
    """Bring the registry's copy up to what the district's portals state, and tell every process.

    Called after the commit, since a district's role writes nothing of the platform's; harmless when repeated.
    The registry's row is locked before the portals are read, so of two at once the later one copies what both
    left.
    """
    async with tenancy.platform() as db:
        row = await db.get(DistrictRow, slug, with_for_update=True, populate_existing=True)
        if row is None:
            return
        found = await tenancy.reader.district(slug, Wall.READ, _origins_statement(slug), ())
        origins = json.loads(found)
        if row.portal_origins == origins:
            return
        row.portal_origins = origins
        await db.flush()
        await tell(db, tenancy.names.channel, slug=slug, kind="registry.changed")
    await tenancy.registry.refresh(slug)
