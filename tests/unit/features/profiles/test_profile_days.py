"""Days in a profile: only real ones, written as days, so that none is kept as infinity."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from bangban.features.profiles.closures import read_closures
from bangban.features.profiles.days import Day
from bangban.features.profiles.faults import FaultList
from bangban.features.profiles.models_bundles import BundlesFile
from bangban.features.profiles.models_district import DistrictFile, TemplateFile
from bangban.features.profiles.models_people import PeopleFile
from bangban.features.profiles.models_places import PlacesFile
from bangban.features.profiles.models_services import ServicesFile
from bangban.kernel.clock.days import FOREVER

Reasons = Callable[..., list[str]]
FILES = (BundlesFile, DistrictFile, TemplateFile, PeopleFile, PlacesFile, ServicesFile)
DAY: TypeAdapter[date] = TypeAdapter(Day)


@given(st.dates() | st.datetimes() | st.integers() | st.floats() | st.dates().map(str) | st.text())
@example(date.min)
@example(date.max)
@example("9999-12-31")
@example("0001-01-01")
@example(20260101)
@example("infinity")
@example("２０２６-01-01")
@example("2026-W01-1")
@example(datetime(9999, 12, 31))  # noqa: DTZ001 - as YAML gives it
def test_whatever_stands_for_a_day_is_a_real_day_or_refused(said: Any) -> None:
    try:
        day = DAY.validate_python(said)
    except ValidationError as refused:
        (detail,) = refused.errors()
        assert detail["type"] == "bilingual"
        return
    assert type(day) is date
    assert day not in FOREVER
    assert str(said) == str(day), "never a number of seconds, nor a moment"


def days_in(annotation: Any, metadata: tuple[Any, ...] = ()) -> Iterator[bool]:
    """For each day in an annotation whether it is checked."""
    checked = (*metadata, *getattr(annotation, "__metadata__", ()))
    if annotation is date:
        yield bool(checked)
    for each in get_args(annotation):
        yield from days_in(each, checked)


def shapes(shape: Any, seen: set[type]) -> Iterator[type[BaseModel]]:
    if isinstance(shape, type) and issubclass(shape, BaseModel) and shape not in seen:
        seen.add(shape)
        yield shape
        for field in shape.model_fields.values():
            yield from shapes(field.annotation, seen)
    for each in get_args(shape):
        yield from shapes(each, seen)


def test_every_day_of_every_file_is_checked() -> None:
    seen: set[type] = set()
    found = [
        (shape.__name__, name, checked)
        for file in FILES
        for shape in shapes(file, seen)
        for name, field in shape.model_fields.items()
        for checked in days_in(field.annotation, tuple(field.metadata))
    ]
    assert len(found) >= 15
    assert [each for each in found if not each[2]] == []


@pytest.mark.parametrize("day", ["9999-12-31", '"9999-12-31"', "0001-01-01"])
def test_a_day_without_end_is_refused_at_its_line(faults: Reasons, day: str) -> None:
    (found,) = faults(("people.yaml", "from: 2024-01-01", f"from: {day}"))
    assert found.startswith("people.yaml:")
    assert f"not written as {day.strip(chr(34))}" in found


def test_digits_alone_and_moments_are_no_days(faults: Reasons) -> None:
    for wrong in ("20200101", "2020-01-01 08:00:00", '"2020/01/01"'):
        (found,) = faults(("people.yaml", "from: 2024-01-01", f"from: {wrong}"))
        assert "must be a date such as 2024-01-31" in found


def test_a_local_day_without_end_is_refused_at_its_line(tmp_path: Path) -> None:
    path, faults = tmp_path / "calendar.csv", FaultList()
    path.write_text("date,working,reason\n2026-10-08,false,样本\n9999-12-31,false,样本\n", "utf-8")
    assert len(read_closures(path, faults)) == 1
    (fault,) = faults.found
    assert (fault.line, "没有截止日期" in fault.reason_zh) == (3, True)
