"""The published JSON Schemas are those of the code, and every profile file says and satisfies its own."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bangban.features.profiles.documents import read_yaml
from bangban.features.profiles.faults import FaultList
from bangban.features.profiles.schemas import schema_texts

TENANTS = Path(__file__).parents[4] / "tenants"
FILES = sorted(TENANTS.glob("*/*.yaml"))
SCHEMA_OF = {
    "district.yaml": "profile.schema.json",
    "services.yaml": "services.schema.json",
    "people.yaml": "people.schema.json",
    "places.yaml": "places.schema.json",
    "bundles.yaml": "bundles.schema.json",
}


@pytest.mark.parametrize("name", schema_texts())
def test_a_published_schema_is_the_codes_own(name: str) -> None:
    """Where a model changed, the file is to be what ``schema_texts`` says now."""
    assert (TENANTS / name).read_text(encoding="utf-8") == schema_texts()[name]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_names_its_schema_and_satisfies_it(path: Path) -> None:
    name = "template.schema.json" if path.match("template/district.yaml") else SCHEMA_OF[path.name]
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    assert first == f"# yaml-language-server: $schema=../{name}"
    document = read_yaml(path, FaultList())
    assert document is not None
    schema = json.loads((TENANTS / name).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(_plain(document.data))


def _plain(value: Any) -> Any:
    """The data as JSON has it: dates as text, decimals as numbers."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
