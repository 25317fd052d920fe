"""``District.settings``: all that ``configureDistrict`` can set, as it holds now and under the names of its input."""

from __future__ import annotations

from typing import Any, Final, get_type_hints

from sqlalchemy import Boolean, ColumnElement, Text, func, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from bangban.features.configuring.inputs import ConfigureDistrictInput
from bangban.features.configuring.readable import Fields, fields_of, made_type, said_in, without_null
from bangban.features.configuring.rules import COLUMNS
from bangban.features.configuring.usual import USUAL
from bangban.features.districts.graphql import District
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.extending import extend
from bangban.kernel.planner.fields import column, one
from bangban.kernel.planner.reads import reads
from bangban.kernel.planner.sources import Rows
from bangban.kernel.tenancy.tables import ProfileRow

_REGISTERED: Final[dict[str, Any]] = {"allowed_origins": ARRAY(Text()), "trusted_documents_only": Boolean()}
"""What the platform's registry knows where the district's own profile is silent."""

_ALWAYS: Final = (*COLUMNS, *_REGISTERED)
_MAY_BE_MISSING: Final = (
    *("name_en", "brand_en", "contact_phone", "rating", "project_lead", "hard_case_channel"),
    *_ALWAYS,  # until they get their fields below
)


def _find(rows: Rows, name: str) -> ColumnElement[Any]:
    said = said_in(rows.c.settings, name)
    if name in _REGISTERED:
        known = func.to_jsonb(rows.request.bind(name, _REGISTERED[name]), type_=JSONB())
        return func.coalesce(said, known, type_=JSONB())
    return said


def _fields() -> Fields:
    usual: dict[str, Any] = {**USUAL, **dict.fromkeys(_MAY_BE_MISSING), "modes": []}
    fields = fields_of(ConfigureDistrictInput, usual, _find, sections=USUAL)
    hints = get_type_hints(ConfigureDistrictInput)
    for name in fields.keys() & set(_ALWAYS):
        found = None if name in COLUMNS else lambda rows, name=name: _find(rows, name)
        fields[name] = (without_null(hints[name]), column(fields[name][1].description, found))
    return fields


Settings: Final = reads(ProfileRow)(made_type(ConfigureDistrictInput, _fields(), name="DistrictSettings"))

extend(
    District,
    settings=(
        Settings | None,
        one(
            "All that it can set, for those who lead, configure and audit it; null in the directory 地区设置.",
            lambda rows: true(),  # noqa: ARG005 - the profile has one row
            requires=Permission.SETTINGS_READ,
        ),
    ),
)
