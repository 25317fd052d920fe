"""What ``bangban access explain`` reads of a district: the account, its policy, and names of areas."""

from __future__ import annotations

import json
from collections.abc import Iterable
from uuid import UUID

from bangban.cli.opening import open_tenancy
from bangban.features.accounts.principals import Principals
from bangban.kernel.access.compiled import CompiledPolicy
from bangban.kernel.access.principals import Principal
from bangban.kernel.tenancy.names import Names, Wall, quoted


async def load_principal_by_login(*, district: str, login: str) -> tuple[Principal, CompiledPolicy]:
    """The account as it stands today, and the district's policy.

    Raises DistrictUnknown, DistrictSuspended, or NotFound where no active account with an assignment
    today has this login.
    """
    async with open_tenancy() as tenancy:
        place = tenancy.registry.get_live(district)
        principal = await Principals(tenancy).get_staff_by_login(place, login)
        return principal, await tenancy.policy(place)


async def find_area_path(*, district: str, code: str) -> str | None:
    """The path of the area with this division code, or None."""
    schema = quoted(Names.schema(district))
    sql = f"SELECT to_json(path::text)::text FROM {schema}.area WHERE code = $1"  # noqa: S608 - checked identifier
    async with open_tenancy() as tenancy:
        place = tenancy.registry.get_live(district)
        found = await tenancy.reader.district(place.slug, Wall.READ, sql, (code,))
    return json.loads(found) if found else None


async def load_area_names(*, district: str, area_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The full names of these areas."""
    schema = quoted(Names.schema(district))
    sql = f"SELECT json_object_agg(id, full_name)::text FROM {schema}.area WHERE id = ANY($1)"  # noqa: S608 - checked identifier
    async with open_tenancy() as tenancy:
        place = tenancy.registry.get_live(district)
        found = await tenancy.reader.district(place.slug, Wall.READ, sql, (list(area_ids),))
    return {UUID(key): name for key, name in json.loads(found or "{}").items()}
