"""The district's numbers for its halls, from its profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bangban.features.profiles.models_hall import HallFile

SETTING: Final = "hall"
USUAL: Final = HallFile()


def hall_settings(settings: Mapping[str, Any]) -> HallFile:
    """What the district says of its halls; the usual numbers where it says nothing."""
    said = settings.get(SETTING)
    return USUAL if said is None else HallFile.model_validate(said)
