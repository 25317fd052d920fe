"""Faults at the places of the input that has them, so that a form shows each where it belongs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from strawberry.types.base import has_object_definition
from strawberry.utils.str_converters import to_camel_case

from bangban.kernel.faulty import Faulty, Place, PlacedFault

Names = Mapping[str, str]
"""What the rules call a member, and what the input calls it where that is something else."""


@contextmanager
def refused_in(
    given: object, *, names: Names | None = None, where: Callable[[PlacedFault], Place] | None = None
) -> Iterator[None]:
    """What is refused inside names fields of the input that was given: the thing itself, or many.

    ``where`` a fault is in an input of many.
    """
    try:
        yield
    except Faulty as faulty:
        places = [fault.place if where is None else where(fault) for fault in faulty.placed]
        faulty.place([field_of(given, each, names or {}) for each in places], alone=where is None)
        raise


def field_of(given: Any, place: Place, names: Names) -> str:
    """The field at a place, such as ``input.hours.0.open``, as far as the input goes there.

    A part of a list is found by its number, or by what it is called: itself, or one of its members.
    """
    found = ["input"]
    for step in place:
        if isinstance(given, list):
            index = step if isinstance(step, int) else _index_of(given, step)
            if index is None or not 0 <= index < len(given):
                break
            found.append(str(index))
            given = given[index]
            continue
        members = _members(given)
        name = names.get(str(step), str(step))
        if name not in members:
            break
        found.append(members[name])
        given = getattr(given, name)
    return ".".join(found)


def _members(given: Any) -> dict[str, str]:
    """What the contract calls each member of an input."""
    if not has_object_definition(given):
        return {}
    fields = given.__strawberry_definition__.fields
    return {each.python_name: each.graphql_name or to_camel_case(each.python_name) for each in fields}


def _index_of(given: list[Any], called: str) -> int | None:
    for index, each in enumerate(given):
        own = [each] if isinstance(each, str) else [getattr(each, name) for name in _members(each)]
        if called in [text.strip() for text in own if isinstance(text, str)]:
            return index
    return None
