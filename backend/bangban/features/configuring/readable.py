"""Types that read settings, made of the inputs that write them: the same names, so that what was read can be sent back.

A type reads a JSON document, ``value``: a section, something in it, an element of a list. What the document leaves
out is as usual. A new member of an input is readable at once; where nobody says what is usual, it is refused here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, dataclass
from types import NoneType
from typing import Any, Final, get_args, get_origin, get_type_hints

import strawberry
from sqlalchemy import ColumnElement, FromClause, Text, case, cast, func, literal
from sqlalchemy.dialects.postgresql import JSONB, array
from strawberry import UNSET
from strawberry.types.base import has_object_definition
from strawberry.utils.str_converters import to_camel_case

from bangban.features.configuring.inputs import TABLES
from bangban.features.configuring.usual import USUAL_BY_KIND
from bangban.kernel.planner.elements import elements, in_place, members
from bangban.kernel.planner.fields import column, many, same_row
from bangban.kernel.planner.sources import Rows

OWN: Final = "own"
# Asides that are for those who write.
_ASIDE: Final = re.compile(r"[;,] (?:null is|what is left out|all of them|all schemes)[^\u4e00-\u9fff]*(?= )")
_LINES: Final = {names: dict(zip(names, ("key", "value"), strict=True)) for names in TABLES.values()}
_made: Final[dict[type, type]] = {}

Find = Callable[[Rows, str], ColumnElement[Any]]
"""Where a member of that name stands in a row; SQL's null where it is left out."""

Fields = dict[str, tuple[Any, Any]]
"""Annotation and planned field by name."""


def constant(value: Any) -> ColumnElement[Any]:
    """Plain JSON as a constant of a statement."""
    return cast(literal(json.dumps(value, ensure_ascii=False), Text()), JSONB())


def said_in(document: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    """A member of a document; SQL's null where it is JSON's."""
    return func.nullif(document[name], constant(None), type_=JSONB())


def in_value(rows: Rows, name: str) -> ColumnElement[Any]:
    """A member of the document at hand."""
    return said_in(rows.c.value, name)


def readable(given: type, usual: Mapping[str, Any] | None = None) -> type:
    """The type that reads what an input writes: a section, of which ``usual`` holds where it is silent, or a part.

    Raises LookupError where nobody says what is usual of a member.
    """
    if given not in _made:
        fields = fields_of(given, usual or {})
        if usual is not None:
            said = "Which of these the district decided itself; the others are as usual 本地自定项."
            fields[OWN] = (list[str], column(said, _decided(tuple(fields))))
        _made[given] = made_type(given, fields)
    return _made[given]


def fields_of(
    given: type, usual: Mapping[str, Any], find: Find = in_value, sections: Collection[str] = ()
) -> Fields:
    """An input's members as fields; ``find`` says where they stand, ``sections`` which of them are sections."""
    hints, definition = get_type_hints(given), _definition(given)
    line = _LINES.get(tuple(each.python_name for each in definition.fields))
    found = {}
    for each in definition.fields:
        name = each.python_name
        member = Member(
            name=name,
            type=hints[name],
            description=_ASIDE.sub("", each.description),
            find=find if line is None else _in_line(line),
            section=name in sections,
            **_usual_of(given, each, usual),
        )
        found[name] = member.made()
    return found


def made_type(given: type, fields: Fields, name: str | None = None) -> type:
    """A type for an input: ConfiguredHall for HallSettingsInput, where it has no name of its own."""
    usual_name = "Configured" + given.__name__.removesuffix("Input").removesuffix("Settings")
    shape = {"__annotations__": {each: annotation for each, (annotation, _) in fields.items()}}
    made = type(name or usual_name, (), shape | {each: field for each, (_, field) in fields.items()})
    return strawberry.type(made, description=_ASIDE.sub("", _definition(given).description))


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member of an input as a field: ``usual`` is what holds where it is left out, None where nothing does."""

    name: str
    type: Any
    description: str
    find: Find
    usual: Any
    required: bool
    section: bool

    def made(self) -> tuple[Any, Any]:
        """Its annotation and its planned field."""
        type_ = without_null(self.type)
        if get_origin(type_) is list and has_object_definition(element := get_args(type_)[0]):
            return list[readable(element)], many(self.description, in_place, rows=self._lines)  # type: ignore[misc]  # made here
        if has_object_definition(type_):
            when = self._there if self._may_be_missing else None
            object_ = readable(type_, self.usual if self.section else None)
            return self._annotated(object_), same_row(self.description, document=self._found, when=when)
        return self._annotated(type_), column(self.description, self._found)

    @property
    def _may_be_missing(self) -> bool:
        return not self.required and self.usual is None and self.name not in USUAL_BY_KIND

    def _annotated(self, type_: Any) -> Any:
        return type_ | None if self._may_be_missing else type_

    def _there(self, rows: Rows) -> Any:
        return self.find(rows, self.name).is_not(None)

    def _found(self, rows: Rows) -> ColumnElement[Any]:
        found = self.find(rows, self.name)
        if self.name in USUAL_BY_KIND:
            usual = constant(USUAL_BY_KIND[self.name])[rows.c.value["kind"].astext]
            return func.coalesce(found, usual, type_=JSONB())
        if self.usual is None:
            return found
        usual = {} if self.section else self.usual  # a section's members have each their own
        return func.coalesce(found, constant(usual), type_=JSONB())

    def _lines(self, rows: Rows, alias: str) -> FromClause:
        found = self._found(Rows(c=rows.parent, parent=None, request=rows.request))
        return (members if isinstance(self.usual, dict) else elements)(found, alias)


def without_null(annotation: Any) -> Any:
    """``int`` of ``int | None``."""
    if get_origin(annotation) is list:
        return annotation
    return next(each for each in (*get_args(annotation), annotation) if each is not NoneType)


def _in_line(line: Mapping[str, str]) -> Find:
    return lambda rows, name: said_in(rows.c.value, line[name])


def _definition(given: type) -> Any:
    return given.__strawberry_definition__  # type: ignore[attr-defined]  # set by strawberry.input


def _usual_of(given: type, field: Any, usual: Mapping[str, Any]) -> dict[str, Any]:
    if field.default is UNSET:
        if field.python_name not in usual:
            message = f"{given.__name__}.{field.python_name}: what is usual?"
            raise LookupError(message)
        return {"usual": usual[field.python_name], "required": False}
    if field.default_factory is not MISSING:
        return {"usual": field.default_factory(), "required": False}
    missing = field.default is MISSING
    return {"usual": None if missing else field.default, "required": missing}


def _decided(names: tuple[str, ...]) -> Callable[[Rows], ColumnElement[Any]]:
    def found(rows: Rows) -> ColumnElement[Any]:
        named = [
            case((in_value(rows, name).is_not(None), literal(to_camel_case(name), Text()))) for name in names
        ]
        return func.to_jsonb(func.array_remove(array(named), None), type_=JSONB())

    return found
