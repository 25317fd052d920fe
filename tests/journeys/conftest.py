"""Journeys run over HTTP on the sample districts, as the API's tests do: theirs are the fixtures."""

from __future__ import annotations

from tests.api.conftest import (
    api,
    app,
    app_settings,
    database,
    installation,
    new_district,
    place,
    run,
    services,
    tenancy,
    zibo,
)

__all__ = [
    "api",
    "app",
    "app_settings",
    "database",
    "installation",
    "new_district",
    "place",
    "run",
    "services",
    "tenancy",
    "zibo",
]
