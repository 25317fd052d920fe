"""What is left of an operation once its values are taken away: the form that plans and requests share.

A form follows from the document and from which variables are given, null, true or which enum member: never
from what they hold. It keeps the ways to the arguments and no argument, so it can be kept itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.getters import Coerced, Getter, NoGetter, getter_of
from bangban.kernel.planner.paging import rows_wanted
from bangban.kernel.planner.parameters import Given, Path
from bangban.kernel.planner.selection import Selected, permissions_of, touches_personal
from bangban.kernel.planner.sources import Paged


@dataclass(frozen=True, eq=False)
class Form:
    """An operation without its values. Equal to nothing but itself, so that it can be a key.

    ``keys`` are the response keys at the top and ``names`` the fields that are read there, in order; ``district``
    and ``platform`` tell on which sides of the wall, ``either`` that some are on the one where there is a
    district and on the other where there is none.
    """

    permissions: tuple[Permission, ...]
    personal: bool
    keys: tuple[str, ...]
    names: tuple[str, ...]
    district: bool
    platform: bool
    either: bool
    sites: dict[Path, Selected]
    pages: tuple[Getter, ...]

    def check_pages(self, coerced: Coerced) -> None:
        """Refuse a page of no size that there is; raises InvalidInput as building the tree does."""
        for first in self.pages:
            rows_wanted(first(coerced))

    def getter(self, place: Given) -> Getter:
        """The way to an argument; raises NoGetter."""
        site = self.sites.get(place.site)
        if site is None or site.definition is None or site.node is None:
            raise NoGetter(place)
        return getter_of(site.definition, site.node, place.path)


def form_of(tree: Sequence[Selected], *, asked: set[Permission]) -> Form:
    """The form of a tree. ``asked`` are the root fields' own permissions. Raises NoGetter."""
    sites = dict(_sites(tree, ()))
    sides = [each.declared.platform for each in tree if each.declared is not None]
    return Form(
        permissions=tuple(sorted(asked | permissions_of(tree))),
        personal=touches_personal(tree),
        keys=tuple(each.key for each in tree),
        names=tuple(each.name for each in tree if each.declared is not None),
        district=False in sides,
        platform=True in sides,
        either=None in sides,
        sites=sites,
        pages=tuple(_pages(sites)),
    )


def _sites(tree: Sequence[Selected], above: Path) -> Iterator[tuple[Path, Selected]]:
    """Every field that takes arguments, without what it was given and without what is below it."""
    for each in tree:
        path = (*above, each.key)
        if each.definition is not None and each.definition.args:
            yield (
                path,
                Selected(
                    each.key, each.name, each.declared, each.definition, each.parent_name, node=each.node
                ),
            )
        yield from _sites(each.children, path)


def _pages(sites: dict[Path, Selected]) -> Iterator[Getter]:
    for site in sites.values():
        paged = site.declared is not None and isinstance(site.declared.source, Paged)
        if paged and site.definition is not None and site.node is not None:
            yield getter_of(site.definition, site.node, ("first",))
