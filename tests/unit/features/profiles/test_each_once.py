"""Lists of a district's settings that are sets hold everything once, and say what they hold twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin

import pytest
from pydantic import AfterValidator, BaseModel

from bangban.features.profiles.models import each_once
from bangban.features.profiles.models_district import DistrictFile
from bangban.features.profiles.settings import DistrictSettings, LevelSettings, settings_as_json

OTHERWISE = {
    *(f"{each}.levels" for each in ("DistrictFile", "LevelSettings")),  # no gap and no repetition
    "DistrictFile.address_levels",  # the same, behind the levels
    "DistrictFile.area_sets",  # made one after the other, and then judged as areas
    "OrderKindFile.falls_to",  # the deepest first
    "NetworkFile.assessments",  # of one scheme, for the same points
    "AssistanceFile.phrases",  # by their plain letters
}
"""Lists that are looked at by rules of their own."""


def _lists(annotation: Any, metadata: tuple[Any, ...] = ()) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Each list in a field's type, with what is asked of it."""
    if hasattr(annotation, "__metadata__"):
        yield from _lists(annotation.__origin__, annotation.__metadata__)
        return
    if get_origin(annotation) is tuple:
        yield annotation, metadata
    for each in get_args(annotation):
        yield from _lists(each)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from _models(field.annotation)
    for each in get_args(annotation):
        yield from _models(each)


def _fields() -> Iterator[tuple[str, tuple[Any, ...]]]:
    known = {each for shape in (DistrictFile, DistrictSettings, LevelSettings) for each in _models(shape)}
    for model in sorted(known, key=lambda each: each.__name__):
        for name, field in model.model_fields.items():
            for _, asked in _lists(field.annotation, tuple(field.metadata)):
                yield f"{model.__name__}.{name}", asked


def test_every_list_of_settings_holds_each_thing_once() -> None:
    asked = list(_fields())
    assert len(asked) > 20
    once = each_once().func.__qualname__
    lacking = {
        name
        for name, metadata in asked
        if not any(isinstance(each, AfterValidator) and each.func.__qualname__ == once for each in metadata)
    }
    assert lacking == OTHERWISE


@pytest.mark.parametrize(
    ("given", "path", "twice"),
    [
        ({"bookings": {"kinds": ["LOUNGE", "BANK", "LOUNGE"]}}, ("bookings", "kinds", 2), "LOUNGE"),
        ({"orders": {"required_training": ["A", "A"]}}, ("orders", "required_training", 1), "A"),
        ({"orders": {"kinds": [{"kind": "NEED"}, {"kind": "NEED"}]}}, ("orders", "kinds", 1), "NEED"),
        ({"proxy": {"apps": ["微信", "微信"]}}, ("proxy", "apps", 1), "微信"),
        ({"allowed_origins": ["https://a.test", "https://a.test"]}, ("allowed_origins", 1), "https://a.test"),
        (
            {"hall": {"proposals": {"ELDERLY": ["DOOR", "DOOR"]}}},
            ("hall", "proposals", "ELDERLY", 1),
            "DOOR",
        ),
    ],
)
def test_what_stands_twice_is_named_in_both_languages(
    given: dict[str, Any], path: tuple[str | int, ...], twice: str
) -> None:
    found = settings_as_json(DistrictSettings, given)
    assert isinstance(found, tuple)
    assert found == ((path, f"“{twice}”重复。", f"{twice} stands here twice."),)
