"""The district itself as its file has it: ``district.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bangban.features.profiles.models import FigureFile
from bangban.features.profiles.models_sections import SECTIONS, section_as_read
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work


def district_of(work: Work, profile: ProfileRow) -> dict[str, Any]:
    said: Mapping[str, Any] = profile.settings
    figures = [
        FigureFile.model_validate(each).model_dump(exclude_none=True) for each in said.get("figures") or ()
    ]
    names = said.get("level_names") or {}
    document = {
        "slug": profile.slug,
        "name": {"zh": profile.name, "en": said.get("name_en") or profile.name},
        "brand": {"zh": profile.brand, "en": said.get("brand_en") or profile.brand},
        "division_code": profile.division_code,
        "case_prefix": profile.number_prefix,
        "levels": profile.levels,
        "address_levels": said.get("address_levels") or [],
        "level_names": {level: _words(names[level]) for level in AreaLevel if level in names},
        "circle_minutes": profile.circle_minutes,
        "timezone": profile.timezone,
        "contact_phone": said.get("contact_phone"),
        "allowed_origins": sorted(said.get("allowed_origins") or work.district.allowed_origins),
        "trusted_documents_only": said.get("trusted_documents_only", work.district.trusted_documents_only),
    }
    if said.get("modes"):
        document["modes"] = [_mode(mode) for mode in said["modes"]]
    if said.get("rating"):
        document["rating"] = _rating(said["rating"])
    for name in ("project_lead", "hard_case_channel"):
        if said.get(name):
            document[name] = _words(said[name])
    document |= {key: section_as_read(key, said[key]) for key in SECTIONS if key in said}
    return document | ({"figures": figures} if figures else {})


def _words(text: Mapping[str, str]) -> dict[str, str]:
    # JSONB orders keys by their length; a file is read by people.
    return {"zh": text["zh"], "en": text["en"]}


def _mode(mode: Mapping[str, Any]) -> dict[str, Any]:
    required = [{"key": each["key"], "label": _words(each["label"])} for each in mode.get("required") or ()]
    said = {"mode": mode["mode"], "name": _words(mode["name"])}
    return said | ({"required": required} if required else {})


def _rating(rating: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {"moments": rating["moments"]}
    for name in ("dimensions", "assessment"):
        if rating.get(name):
            said[name] = [
                {
                    "key": each["key"],
                    "name": _words(each["name"]),
                    **({"weight": each["weight"]} if "weight" in each else {}),
                }
                for each in rating[name]
            ]
    return said | {"provenance": rating.get("provenance", "sample")}
