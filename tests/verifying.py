"""Trails that are verified as they stand, a district's and the platform's."""

from __future__ import annotations

from typing import Any

from bangban.kernel.audit.findings import Report
from bangban.kernel.audit.trails import Trail, platform_trail, trail_of
from bangban.kernel.audit.verify import verify_trail
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy


async def verify_district(tenancy: Tenancy, district: District, **options: Any) -> Report:
    return await _verify(trail_of(tenancy, district), options)


async def verify_platform(tenancy: Tenancy, **options: Any) -> Report:
    return await _verify(platform_trail(tenancy), options)


async def _verify(trail: Trail, options: dict[str, Any]) -> Report:
    return await verify_trail(trail.read, slug=trail.name, schema=trail.schema, **options)
