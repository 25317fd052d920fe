"""Statements that run often: written out once, then sent to the driver as they are.

SQLAlchemy builds a statement, its parameters and its objects anew for each execution; for the handful that every
step of casework sends, that costs several times what the driver needs. These are declared with the same tables
and types, and only their execution is plain: values go in through the types' own processors, named tuples come
out. They run on the session's connection, in its transaction.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, Float, Select, TableValuedAlias, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, asyncpg
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import CompilerElement
from sqlalchemy.types import TypeEngine

from bangban.kernel.database.base import PLATFORM_SCHEMA, TENANT_SCHEMA

_DIALECT: Final = asyncpg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy left it untyped
# Asked to translate one schema, SQLAlchemy marks every schema; the platform's is always the same.
_TENANT_MARK: Final = f"__[SCHEMA_{TENANT_SCHEMA}]"
_PLATFORM_MARK: Final = f"__[SCHEMA_{PLATFORM_SCHEMA}]"

_Processor = Callable[[Any], Any]


class Given(BindParameter[Any]):
    """A value that each execution brings. Everything else in a written statement is a constant of its text."""

    inherit_cache = True

    def __init__(self, name: str, type_: TypeEngine[Any] | None = None) -> None:
        super().__init__(name, type_=type_, required=True)


@compiles(Given)
def _given(element: Given, compiler: Any, **options: Any) -> str:
    options["literal_binds"] = False
    text: str = compiler.visit_bindparam(element, **options)
    return text


class Written:
    """One statement. What it selects or returns is named by its labels."""

    def __init__(self, body: CompilerElement) -> None:
        compiled: Any = body.compile(
            dialect=_DIALECT,
            schema_translate_map={TENANT_SCHEMA: None},
            compile_kwargs={"literal_binds": True},
        )
        self._text = str(compiled).replace(_PLATFORM_MARK, PLATFORM_SCHEMA)
        names: Sequence[str] = compiled.positiontup or ()
        self._given = tuple((name, _bind_processor(compiled.binds[name].type)) for name in names)
        columns = compiled._result_columns  # noqa: SLF001 - names and types, in the order in which they come
        self._row: Any = namedtuple("Row", [each.keyname for each in columns])  # type: ignore[misc]  # mypy wants the fields written out
        processors = [(place, _result_processor(each.type)) for place, each in enumerate(columns)]
        self._found = tuple((place, process) for place, process in processors if process is not None)
        # Statements are few and districts many; one more replacement costs microseconds.
        self.text = lru_cache(maxsize=64)(self._text_for)

    def _text_for(self, schema: str) -> str:
        return self._text.replace(_TENANT_MARK, f'"{schema}"')

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The parameters in their order. Raises KeyError for one that is missing."""
        return [values[name] if process is None else process(values[name]) for name, process in self._given]

    def rows(self, records: Sequence[Any]) -> list[Any]:
        """What came back, with Python's values."""
        rows = []
        for record in records:
            values = list(record)
            for place, process in self._found:
                values[place] = process(values[place])
            rows.append(self._row._make(values))
        return rows


def _bind_processor(type_: TypeEngine[Any]) -> _Processor | None:
    return type_.dialect_impl(_DIALECT).bind_processor(_DIALECT)


def _result_processor(type_: TypeEngine[Any]) -> _Processor | None:
    if isinstance(type_, Float):
        return None  # the driver gives floats; SQLAlchemy would ask by which type they came
    return type_.dialect_impl(_DIALECT).result_processor(_DIALECT, None)


def labelled(rows: type[DeclarativeBase], name: str) -> list[ColumnElement[Any]]:
    """All columns of a table, called ``<name>_<column>``."""
    return [column.label(f"{name}_{column.name}") for column in rows.__table__.columns]


def given_columns(
    rows: type[DeclarativeBase], name: str, *, without: Collection[str] = ()
) -> dict[str, BindParameter[Any]]:
    """A value for each column that is written, given as ``<name>_<column>``."""
    return {
        column.name: Given(f"{name}_{column.name}", column.type)
        for column in rows.__table__.columns
        if column.name not in without and column.identity is None and column.computed is None
    }


def given_list(name: str, /, **columns: TypeEngine[Any]) -> TableValuedAlias:
    """Rows that an execution brings, one list for each column, given as ``<name>_<column>``."""
    lists = (Given(f"{name}_{column}", ARRAY(type_)) for column, type_ in columns.items())
    return func.unnest(*lists).table_valued(*columns, name=name).render_derived(name=name)


def together(parts: Mapping[str, UpdateBase], answer: Select[Any] | None = None) -> Written:
    """Several changes as one statement: all see what was there before, and keys are checked at its end."""
    ctes = [part.cte(name) for name, part in parts.items()]
    return Written((select(literal(1).label("done")) if answer is None else answer).add_cte(*ctes))
