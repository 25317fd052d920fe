"""A finished statement: its text with the constants of the declarations written out, its parameters as recipes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BindParameter, Select
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.ext.compiler import compiles

from bangban.kernel.database.base import PLATFORM_SCHEMA, TENANT_SCHEMA
from bangban.kernel.planner.parameters import Recipe
from bangban.kernel.problems import Problem

_DIALECT: Final = asyncpg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy left it untyped
# Asked to translate one schema, SQLAlchemy marks every schema; the platform's is always the same.
_PLATFORM_MARK: Final = f"__[SCHEMA_{PLATFORM_SCHEMA}]"

# The planner's own names for rows, t1, t2, …, where a FROM gives them to a table. No response key reads like this.
_ROWS: Final = re.compile(r"__\[SCHEMA_\w+\]\.\w+ AS (t\d+)\b")


class Placeholder(BindParameter[Any]):
    """A value of the request. It stays a parameter where the declarations' own constants are written out."""

    inherit_cache = True


@compiles(Placeholder)
def _placeholder(element: Placeholder, compiler: Any, **options: Any) -> str:
    options["literal_binds"] = False
    text: str = compiler.visit_bindparam(element, **options)
    return text


@dataclass(frozen=True)
class Statement:
    """SQL with ``SCHEMA_MARK`` where the district's schema goes, and the recipes of its parameters in order.

    Instead of a JSON object it may give a whole number: the place of what it refuses in ``refusals``.
    """

    sql: str
    recipes: tuple[Recipe, ...]
    refusals: tuple[Callable[[], Problem], ...] = ()

    def passed(self, found: bytes) -> bytes:
        """The JSON object that was found; raises the refusal where that is what was found."""
        if self.refusals and not found.startswith(b"{"):
            problem = self.refusals[int(found)]()
            raise problem
        return found


def finished(
    body: Select[Any], recipes: Mapping[str, Recipe], refusals: tuple[Callable[[], Problem], ...] = ()
) -> Statement:
    """The statement for ``body``. Raises LookupError for a parameter without a recipe, and for rows read twice.

    Constants stand in the text, so that PostgreSQL's generic plans know them. Rows that stand in the FROM of two
    selects are a sub-select that was not correlated: it would speak of all rows instead of the one at hand.
    """
    compiled = body.compile(
        dialect=_DIALECT,
        schema_translate_map={TENANT_SCHEMA: None},
        compile_kwargs={"literal_binds": True},
    )
    order = compiled.positiontup or []
    raw = str(compiled)
    twice = [name for name, times in Counter(_ROWS.findall(raw)).items() if times > 1]
    if twice:
        raise LookupError(f"a sub-select reads all of {', '.join(twice)}: correlate it")
    text = raw.replace(_PLATFORM_MARK, PLATFORM_SCHEMA)
    return Statement(text, tuple(recipes[name] for name in order), refusals)
