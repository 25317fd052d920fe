"""A tree of selected fields → one SQL statement that builds the answer's JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
)
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Numeric,
    Select,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, asyncpg
from strawberry.utils.str_converters import to_snake_case

from bangban.kernel.access.grants import Variant
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.base import PLATFORM_SCHEMA, TENANT_SCHEMA, LTree
from bangban.kernel.planner.fields import Many, One, Paged, Pick, RequestParameters, Rows, Same, Value
from bangban.kernel.planner.json_sql import EMPTY_LIST, NULL, JsonObject, as_text, json_list
from bangban.kernel.planner.pages import PageCompiler, typename
from bangban.kernel.planner.parameters import (
    Argument,
    Constant,
    Fact,
    GrantedPaths,
    Path,
    Recipe,
)
from bangban.kernel.planner.reads import Guard, Predicate, Reads
from bangban.kernel.planner.selection import Selected, declared_reads, guard_of

_DIALECT: Final = asyncpg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy left it untyped
# Asked to translate one schema, SQLAlchemy marks every schema; the platform's is always the same.
_PLATFORM_MARK: Final = f"__[SCHEMA_{PLATFORM_SCHEMA}]"
_SCALARS: Final[dict[str, Any]] = {
    "ID": Uuid(as_uuid=True),
    "Int": BigInteger(),
    "Boolean": Boolean(),
    "DateTime": DateTime(timezone=True),
    "Date": Date(),
}


@dataclass(frozen=True)
class Statement:
    """SQL with ``SCHEMA_MARK`` where the district's schema goes, and the recipes of its parameters in order."""

    sql: str
    recipes: tuple[Recipe, ...]


@dataclass(frozen=True)
class Viewpoint:
    """What of the caller a statement's shape depends on."""

    audit: bool
    principal_kind: str
    variants: Mapping[Permission, Variant]


@dataclass
class Compiler:
    """Compiles one tree from one viewpoint."""

    viewpoint: Viewpoint
    recipes: dict[str, Recipe] = field(default_factory=dict)
    _aliases: int = 0
    _platform: bool = False

    # ------------------------------------------------------------------ parameters

    def parameter(self, recipe: Recipe, type_: Any) -> ColumnElement[Any]:
        """A bind parameter filled by ``recipe``; the same recipe gives the same parameter."""
        for name, known in self.recipes.items():
            if known == recipe:
                return bindparam(name, type_=type_)
        name = f"p{len(self.recipes)}"
        self.recipes[name] = recipe
        return bindparam(name, type_=type_)

    def request(self) -> RequestParameters:
        """The request's facts, for declarations."""
        return RequestParameters(
            bind=lambda name, type_: self.parameter(Fact(name), type_),
            derive=self._derive,
            principal_kind=self.viewpoint.principal_kind,
        )

    def _derive(self, symbol: Any, how: str, type_: Any) -> ColumnElement[Any]:
        recipe = self.recipes[symbol.key]
        if not isinstance(recipe, Argument):
            raise TypeError(how)
        return self.parameter(replace(recipe, derive=how, identifier=False), type_)

    def symbol(self, type_: GraphQLInputType, value: Any, site: Path, path: Path) -> Any:
        """What a declaration gets for an argument: None, a finite value, a namespace, or a bind parameter."""
        if isinstance(type_, GraphQLNonNull):
            return self.symbol(type_.of_type, value, site, path)
        if value is None:
            return None
        if isinstance(type_, GraphQLInputObjectType):
            members = {
                to_snake_case(name): self.symbol(each.type, value.get(name), site, (*path, name))
                for name, each in type_.fields.items()
            }
            return SimpleNamespace(**members)
        if isinstance(type_, GraphQLEnumType) or isinstance(value, bool):
            return value
        if isinstance(type_, GraphQLList):
            inner = type_.of_type
            name = (inner.of_type if isinstance(inner, GraphQLNonNull) else inner).name
            element = _SCALARS.get(name, Text())
            return self.parameter(Argument(site, path, identifier=name == "ID"), ARRAY(element))
        recipe = Argument(site, path, identifier=type_.name == "ID")
        return self.parameter(recipe, _SCALARS.get(type_.name, Text()))

    def symbols(self, selected: Selected, site: Path) -> dict[str, Any]:
        if selected.definition is None:
            return {}
        return {
            to_snake_case(name): self.symbol(each.type, selected.arguments.get(name), site, (name,))
            for name, each in selected.definition.args.items()
            if name not in ("first", "after")
        }

    # ------------------------------------------------------------------ rows

    def alias(self, reads: Reads) -> FromClause | None:
        self._aliases += 1
        return None if reads.table is None else reads.table.alias(f"t{self._aliases}")

    def guarded(self, guard: Guard | None, rows: Rows) -> list[Predicate]:
        """The conditions that keep rows the caller may not see out of the statement."""
        if guard is None:
            return []
        variant = self.viewpoint.variants[guard.permission]
        if variant == "whole":
            return []
        allowed: list[Predicate] = []
        if variant in ("areas", "areas+own") and guard.within is not None:
            paths = self.parameter(GrantedPaths(guard.permission), ARRAY(Text()))
            allowed.append(guard.within(rows.c, cast(paths, ARRAY(LTree()))))
        if variant in ("own", "areas+own") and guard.own is not None:
            allowed.append(guard.own(rows.c, rows.request))
        return [or_(*allowed)] if allowed else [false()]

    # ------------------------------------------------------------------ values

    def root(self, tree: tuple[Selected, ...], *, platform: bool = False) -> Statement:
        """The whole statement: one JSON object with a member for each root field.

        On the platform's side there are no district rows: what a caller has of them there is none.
        """
        self._platform = platform
        pairs = [
            (selected.key, self.value(selected, Rows(c=None, parent=None, request=self.request()), (), ()))
            for selected in tree
        ]
        return self._finished(select(as_text(JsonObject(pairs))))

    def one_row(
        self,
        children: tuple[Selected, ...],
        reads: Reads,
        where: Any,
        guard: Guard | None = None,
        *,
        platform: bool = False,
    ) -> Statement:
        """One row of a type, picked by ``where(rows)``, as a JSON object."""
        self._platform = platform
        source = self.alias(reads)
        rows = Rows(c=None if source is None else source.c, parent=None, request=self.request())
        body = select(as_text(self.object(children, rows, (source,) if source is not None else (), ())))
        if source is not None:
            body = body.select_from(source).where(where(rows), *self.guarded(guard, rows))
        return self._finished(body)

    def object(
        self, children: tuple[Selected, ...], rows: Rows, around: tuple[FromClause, ...], site: Path
    ) -> ColumnElement[Any]:
        """A JSON object of ``children`` read from one row."""
        return JsonObject(
            [(child.key, self.value(child, rows, around, (*site, child.key))) for child in children]
        )

    def value(
        self, selected: Selected, rows: Rows, around: tuple[FromClause, ...], site: Path
    ) -> ColumnElement[Any]:
        """One member of a JSON object."""
        if selected.declared is None:
            return typename(selected)
        site = site or (selected.key,)
        source = selected.declared.source
        if isinstance(source, Value):
            return self._scalar(selected, source, rows)
        if isinstance(source, Same):
            made = self.object(selected.children, rows, around, site)
            return made if source.when is None else case((source.when(rows), made), else_=NULL)
        reads = declared_reads(selected.output)
        if selected.declared.table is not None:
            reads = replace(reads, table=selected.declared.table.__table__)
        if self._platform and reads.table is not None and not reads.platform:
            return EMPTY_LIST if isinstance(source, Many) else NULL
        if isinstance(source, Paged):
            return PageCompiler(self, selected, source, rows, around, site).build()
        if isinstance(source, One | Many):
            return self._related(selected, source, reads, rows, around, site)
        raise TypeError(selected.name)

    def _scalar(self, selected: Selected, source: Value, rows: Rows) -> ColumnElement[Any]:
        expression = source.auditor if self.viewpoint.audit and source.auditor else source.expression
        made = rows.c[to_snake_case(selected.name)] if expression is None else expression(rows)
        # Decimals are exact only as text; paths have no JSON form.
        return (
            cast(made, Text())
            if isinstance(made.type, Numeric | LTree) and not isinstance(made.type, BigInteger)
            else made
        )

    def _related(  # noqa: PLR0917 - one step of a recursion, its whole state
        self,
        selected: Selected,
        source: One | Many,
        reads: Reads,
        rows: Rows,
        around: tuple[FromClause, ...],
        site: Path,
    ) -> ColumnElement[Any]:
        table = self.alias(reads)
        child = Rows(c=None if table is None else table.c, parent=rows.c, request=rows.request)
        picked = source.pick(child, **self.symbols(selected, site))
        pick = picked if isinstance(picked, Pick) else Pick(picked)
        inside = around if table is None else (*around, table)
        made = self.object(selected.children, child, inside, site)
        if isinstance(source, Many):
            body: Select[Any] = select(json_list(made, *pick.order_by))
        else:
            body = select(made).order_by(*pick.order_by).limit(1)
        if table is not None:
            body = body.select_from(table)
        body = body.where(pick.where, *self.guarded(guard_of(selected), child)).correlate(*around)
        found = body.scalar_subquery()
        return func.coalesce(found, EMPTY_LIST) if isinstance(source, Many) else found

    # ------------------------------------------------------------------ text

    def _finished(self, body: Select[Any]) -> Statement:
        compiled = body.compile(dialect=_DIALECT, schema_translate_map={TENANT_SCHEMA: None})
        order = compiled.positiontup or []
        recipes = []
        for name in order:
            known = self.recipes.get(name)
            if known is None:
                bind = compiled.binds[name]
                process = bind.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
                known = Constant(process(bind.value) if process else bind.value)
            recipes.append(known)
        return Statement(str(compiled).replace(_PLATFORM_MARK, PLATFORM_SCHEMA), tuple(recipes))
