"""No sub-select speaks of all rows where it means the one at hand."""

from __future__ import annotations

from typing import Any, Final

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_required_argument,
    is_required_input_field,
)
from sqlalchemy import select
from tests.unit.kernel.planner.planning import Told, facts, planned

from bangban.features.joint.tables import BundleMemberRow
from bangban.kernel.access.grants import Scope
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.statement import finished
from bangban.web.schema import core_schema

_VALUES: Final = {
    "ID": '"01a20027-b057-7207-a424-93b90c7e21c8"',
    "String": '"x"',
    "Int": "1",
    "Float": "1.5",
    "Boolean": "true",
    "Date": '"2026-11-21"',
    "DateTime": '"2026-11-21T09:00:00+08:00"',
}
_PLACE: Final = {"longitude": "118.05", "latitude": "36.84"}  # in China, as places are to be
_DEPTH: Final = 2
_SOME: Final = Scope(("0197aaaa.0197bbbb",), own=True)
_QUERY = core_schema().query_type
assert _QUERY is not None


def _value(type_: Any) -> str:
    if isinstance(type_, GraphQLNonNull):
        return _value(type_.of_type)
    if isinstance(type_, GraphQLList):
        return f"[{_value(type_.of_type)}]"
    if isinstance(type_, GraphQLInputObjectType):
        needed = [
            f"{name}: {_PLACE.get(name) or _value(each.type)}"
            for name, each in type_.fields.items()
            if is_required_input_field(each)
        ]
        return f"{{{', '.join(needed)}}}"
    return next(iter(type_.values)) if isinstance(type_, GraphQLEnumType) else _VALUES[type_.name]


def _field(name: str, definition: Any, left: int) -> str:
    """A field with what its arguments need and all that is below it, so many objects deep."""
    needed = [
        f"{key}: {_value(each.type)}" for key, each in definition.args.items() if is_required_argument(each)
    ]
    asked = f"{name}({', '.join(needed)})" if needed else name
    output = get_named_type(definition.type)
    if not isinstance(output, GraphQLObjectType):
        return asked
    inside = [
        _field(key, each, left - 1)
        for key, each in output.fields.items()
        if left > 0 or not isinstance(get_named_type(each.type), GraphQLObjectType)
    ]
    return f"{asked} {{ {' '.join(inside) or '__typename'} }}"


@pytest.mark.parametrize("name", sorted(_QUERY.fields))
@pytest.mark.parametrize("kind", ["STAFF", "RESIDENT", "AUDITOR"])
def test_every_field_can_be_planned_with_all_that_is_below_it(name: str, kind: str) -> None:
    """Planning refuses rows that stand in two FROM clauses: of one they are the row at hand, of the other all.

    Each is asked twice: what a statement gives a name of its own stands in it twice then.
    """
    grants = Told(dict.fromkeys(Permission, _SOME))
    whole, again = (_field(name, _QUERY.fields[name], deep) for deep in (_DEPTH, 0))
    text = f"{{ {whole} again: {again} }}"
    for platform in (False, True):
        planned(text, given=facts(grants, kind=kind), audit=kind == "AUDITOR", platform=platform)


def test_a_sub_select_that_is_not_correlated_is_refused() -> None:
    outer = BundleMemberRow.__table__.alias("t1")
    inner = BundleMemberRow.__table__.alias("beside")
    mine = select(inner.c.case_id).where(inner.c.application_id == outer.c.application_id)
    deep = select(select(outer.c.case_id).where(outer.c.case_id.in_(mine.correlate(None))).scalar_subquery())
    with pytest.raises(LookupError, match="correlate"):
        finished(deep, {})
    finished(select(outer.c.case_id).where(outer.c.case_id.in_(mine.correlate_except(inner))), {})
