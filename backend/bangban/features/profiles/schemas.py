"""The published JSON Schemas of the profile files, so that editors check them while they are written."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from bangban.features.profiles.models_bundles import BundlesFile
from bangban.features.profiles.models_district import DistrictFile, TemplateFile
from bangban.features.profiles.models_people import PeopleFile
from bangban.features.profiles.models_places import PlacesFile
from bangban.features.profiles.models_services import ServicesFile

SCHEMAS: dict[str, type[BaseModel]] = {
    "profile.schema.json": DistrictFile,
    "template.schema.json": TemplateFile,
    "services.schema.json": ServicesFile,
    "people.schema.json": PeopleFile,
    "places.schema.json": PlacesFile,
    "bundles.schema.json": BundlesFile,
}


def schema_texts() -> dict[str, str]:
    """File name → text of each schema."""
    return {name: _text(shape) for name, shape in SCHEMAS.items()}


def _text(shape: type[BaseModel]) -> str:
    schema: dict[str, Any] = shape.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
