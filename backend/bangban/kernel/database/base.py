"""Declarative bases: district tables under the sentinel schema ``tenant``, the rest under ``platform``.

``tenant`` never exists in a database. The tenant session and the planner render it to the schema of the
request's district; a statement that escaped both names a schema that is not there, and fails.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, dataclass_transform
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, LargeBinary, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, mapped_column
from sqlalchemy.types import UserDefinedType

TENANT_SCHEMA: Final = "tenant"
PLATFORM_SCHEMA: Final = "platform"
EXTENSION_SCHEMA: Final = "ext"

# Every constraint and index is named, so that migrations and error mapping can rely on the names.
NAMING: Final = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}

TYPES: Final[dict[Any, Any]] = {
    str: Text(),
    UUID: Uuid(as_uuid=True),
    datetime: DateTime(timezone=True),
    bytes: LargeBinary(),
    list[str]: ARRAY(Text()),
    int: BigInteger(),
}


# What PostgreSQL generates comes back with the statement that writes a row, an update too: a session that had to
# load it afterwards, in the middle of other work, could not.
_MAPPED: Final[dict[str, Any]] = {"eager_defaults": True}


class LTree(UserDefinedType[str]):
    """A path of area labels, as PostgreSQL's ``ltree`` in schema ``ext``; text on the Python side."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return f"{EXTENSION_SCHEMA}.ltree"

    def bind_expression(self, bindvalue: Any) -> Any:
        # The driver has no codec for ltree, so the value travels as text and PostgreSQL casts it.
        from sqlalchemy import cast, type_coerce  # noqa: PLC0415 - sqlalchemy's own idiom, avoids a cycle

        return cast(type_coerce(bindvalue, Text()), LTree())

    def column_expression(self, column: Any) -> Any:
        from sqlalchemy import cast  # noqa: PLC0415 - sqlalchemy's own idiom, avoids a cycle

        return cast(column, Text())


@dataclass_transform(kw_only_default=True, field_specifiers=(mapped_column,))
class TenantBase(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """Base of every table that each district has of its own."""

    metadata = MetaData(schema=TENANT_SCHEMA, naming_convention=NAMING)
    type_annotation_map = TYPES
    __mapper_args__ = _MAPPED


@dataclass_transform(kw_only_default=True, field_specifiers=(mapped_column,))
class PlatformBase(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """Base of the few tables that belong to the installation as a whole."""

    metadata = MetaData(schema=PLATFORM_SCHEMA, naming_convention=NAMING)
    type_annotation_map = TYPES
    __mapper_args__ = _MAPPED
