"""Arguments and facts of a request as the declarations see them: None, finite values, bind parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from sqlalchemy import BigInteger, Boolean, ColumnElement, Date, DateTime, Double, Text, Uuid, cast
from sqlalchemy.dialects.postgresql import ARRAY
from strawberry.utils.str_converters import to_snake_case

from bangban.kernel.access.grants import Variant
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.base import LTree
from bangban.kernel.planner.judged import InOrder, Judged, Usual
from bangban.kernel.planner.parameters import Argument, Fact, GrantedPaths, Path, Recipe
from bangban.kernel.planner.selection import Selected
from bangban.kernel.planner.sources import Paged, Period, RequestParameters
from bangban.kernel.planner.spans import TYPES, Edge, PeriodEdge
from bangban.kernel.planner.statement import Placeholder

_SCALARS: Final[dict[str, Any]] = {
    "ID": Uuid(as_uuid=True),
    "Int": BigInteger(),
    "Boolean": Boolean(),
    "DateTime": DateTime(timezone=True),
    "Date": Date(),
    "Float": Double(),
}


def _is_page(selected: Selected) -> bool:
    return selected.declared is not None and isinstance(selected.declared.source, Paged)


@dataclass
class Symbols:
    """The parameters of one statement in the making; ``judge`` sees those that may refuse what is given."""

    principal_kind: str
    variants: Mapping[Permission, Variant] = field(default_factory=dict)
    judge: Callable[[Recipe], None] = lambda _: None
    recipes: dict[str, Recipe] = field(default_factory=dict)

    def parameter(self, recipe: Recipe, type_: Any) -> ColumnElement[Any]:
        """A bind parameter filled by ``recipe``; the same recipe gives the same parameter."""
        for name, known in self.recipes.items():
            if known == recipe:
                return Placeholder(name, type_=type_)
        if recipe.judges:
            self.judge(recipe)
        name = f"p{len(self.recipes)}"
        self.recipes[name] = recipe
        return Placeholder(name, type_=type_)

    def request(self) -> RequestParameters:
        """The request's facts, for declarations."""
        return RequestParameters(
            bind=lambda name, type_: self.parameter(Fact(name), type_),
            derive=self._derive,
            judged=self._judged,
            in_order=self._in_order,
            principal_kind=self.principal_kind,
            granted=lambda permission: (
                None if self.variants[permission] == "whole" else self.paths(permission)
            ),
            period=self._period,
        )

    def paths(self, permission: Permission) -> ColumnElement[Any]:
        """The paths of the areas where a permission holds."""
        return cast(self.parameter(GrantedPaths(permission), ARRAY(Text())), ARRAY(LTree()))

    def _period(self, since: Any, until: Any, *, usual: int, most: int) -> Period:
        given = [self.recipes[each.key] for each in (since, until) if each is not None]
        site = given[0].site if given and isinstance(given[0], Argument) else None
        sides = {
            edge.value.lower(): self.parameter(PeriodEdge(edge, site, usual, most), TYPES[edge])
            for edge in Edge
        }
        return Period(**sides)

    def _derive(self, symbol: Any, how: str, type_: Any) -> ColumnElement[Any]:
        recipe = self.recipes[symbol.key]
        if not isinstance(recipe, Argument):
            raise TypeError(how)
        return self.parameter(replace(recipe, derive=how, identifier=False), type_)

    def _judged(self, symbol: Any, judge: Callable[[Any], None]) -> ColumnElement[Any]:
        recipe = self.recipes[symbol.key]
        if not isinstance(recipe, Argument):
            raise TypeError(symbol.key)
        return self.parameter(Judged(recipe.site, recipe.path, judge), symbol.type)

    def _in_order(self, since: Any, until: Any, usual: Usual) -> tuple[Any, Any]:
        given = next(each for each in (since, until) if each is not None)
        recipe = self.recipes[given.key]
        if not isinstance(recipe, Argument):
            raise TypeError(given.key)

        def end(name: str, symbol: Any) -> Any:
            if symbol is None and usual.value.lower() != name:
                return None
            return self.parameter(InOrder(recipe.site, recipe.path[:-1], name, usual), given.type)

        return end("since", since), end("until", until)

    def of(self, selected: Selected, site: Path) -> dict[str, Any]:
        """A field's arguments but for those of its page, by the names that its declaration gives them."""
        if selected.definition is None:
            return {}
        return {
            to_snake_case(name): self._symbol(each.type, selected.arguments.get(name), site, (name,))
            for name, each in selected.definition.args.items()
            if name not in ("first", "after") or not _is_page(selected)
        }

    def _symbol(self, type_: GraphQLInputType, value: Any, site: Path, path: Path) -> Any:
        if isinstance(type_, GraphQLNonNull):
            return self._symbol(type_.of_type, value, site, path)
        if value is None:
            return None
        if isinstance(type_, GraphQLInputObjectType):
            members = {
                to_snake_case(name): self._symbol(each.type, value.get(name), site, (*path, name))
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
