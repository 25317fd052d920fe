"""``extend type`` for Python: a feature adds fields to a type of a feature that it stands on."""

from __future__ import annotations

from typing import Any

import strawberry


def extend(type_: type, **fields: tuple[Any, Any]) -> None:
    """Give a Strawberry type more fields: by name their annotation and planned field.

    For what is of the type, but made of what only features above its own know. Before the schema is built.
    """
    annotations = {name: annotation for name, (annotation, _) in fields.items()}
    declared = {name: field for name, (_, field) in fields.items()}
    made: Any = strawberry.type(
        type(f"More{type_.__name__}", (), {"__annotations__": annotations, **declared})
    )
    definition: Any = type_.__strawberry_definition__  # type: ignore[attr-defined]  # set by strawberry.type
    definition.fields.extend(made.__strawberry_definition__.fields)
