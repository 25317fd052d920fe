"""What one principal may do, and over which areas: the policy's table joined with the assignments.

Pure: the caller brings the principal, the compiled policy and the day. Nothing is asked area by area; for
each permission the areas where it holds are worked out once and go into the SQL statement as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import ClassVar, Final, Literal, TypeAlias

from bangban.kernel.access.compiled import CompiledPolicy
from bangban.kernel.access.paths import fewest, is_root, is_within
from bangban.kernel.access.principals import HOLDS, Assignment, Principal, PrincipalKind, base_of
from bangban.kernel.access.problems import AreaOutsideGrant
from bangban.kernel.access.roles import OperatorDuty, Reach
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.problems import Forbidden, NotAuthenticated

Variant: TypeAlias = Literal["none", "own", "areas", "areas+own", "whole"]

_MOST_VARIANTS: Final = 256


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows one permission reaches: everything, or subtrees of areas, or own rows, or both of these.

    ``whole`` leaves ``paths`` empty and ``own`` false, since nothing is left to add.
    """

    nothing: ClassVar[Scope]

    whole: bool = False
    paths: tuple[str, ...] = ()
    own: bool = False

    def __bool__(self) -> bool:
        return self.whole or self.own or bool(self.paths)

    @property
    def variant(self) -> Variant:
        """The shape of the SQL condition. Plans are cached by it, never by the areas themselves."""
        if self.whole:
            return "whole"
        if self.paths:
            return "areas+own" if self.own else "areas"
        return "own" if self.own else "none"

    def covers(self, area_path: str, *, owned: bool = False) -> bool:
        """Whether a row in this area, the principal's own or not, is reached."""
        return self.whole or (self.own and owned) or any(is_within(area_path, path) for path in self.paths)


Scope.nothing = Scope()


@dataclass(slots=True)
class _Reached:
    """What one permission reaches, while it is being gathered."""

    whole: bool = False
    own: bool = False
    paths: list[str] = field(default_factory=list)

    def scope(self) -> Scope:
        if self.whole or any(is_root(path) for path in self.paths):
            return Scope(whole=True)
        return Scope(paths=fewest(self.paths), own=self.own)


class Grants:
    """All that a principal may do on one day. Immutable; holds nothing that tells two sessions apart."""

    __slots__ = ("_base", "_kind", "_live", "_permissions", "_policy", "_scopes", "_variants")

    def __init__(self, principal: Principal, policy: CompiledPolicy, *, on: date) -> None:
        self._kind = principal.kind
        self._base = base_of(principal.kind, principal.duty)
        self._policy = policy
        holdable = HOLDS.get(principal.kind, frozenset())
        self._live = tuple(
            sorted(
                (each for each in principal.assignments if each.role in holdable and each.counts_on(on)),
                key=lambda each: (-each.area_path.count("."), each.area_path, each.role),
            )
        )
        self._scopes = self._gather()
        self._permissions = tuple(sorted(permission.value for permission in self._scopes))
        self._variants: dict[tuple[Permission, ...], tuple[Variant, ...]] = {}

    @property
    def policy(self) -> CompiledPolicy:
        """The policy that these grants follow from."""
        return self._policy

    def scope(self, permission: Permission) -> Scope:
        """The rows the permission reaches; ``Scope.nothing`` where it is not held."""
        return self._scopes.get(permission, Scope.nothing)

    def require(self, permission: Permission) -> Scope:
        """The scope. Raises ``NotAuthenticated`` (anonymous callers) or ``Forbidden`` where there is none."""
        scope = self.scope(permission)
        if not scope:
            raise self._refusal(permission)
        return scope

    def require_whole(self, permission: Permission) -> None:
        """Ask for it over the whole district, for what belongs to no area.

        Raises as ``require``, and ``AreaOutsideGrant`` where it is held over a part of the district only.
        """
        if not self.require(permission).whole:
            raise AreaOutsideGrant(permission=permission)

    def variants(self, permissions: tuple[Permission, ...]) -> tuple[Variant, ...]:
        """The variant of each permission, in order. Raises as ``require`` for the first that is not held."""
        known = self._variants.get(permissions)
        if known is None:
            known = tuple(self.require(permission).variant for permission in permissions)
            if len(self._variants) >= _MOST_VARIANTS:  # as many as there are forms of operations, at most
                self._variants.clear()
            self._variants[permissions] = known
        return known

    def require_at(
        self, permission: Permission, area_path: str, *, owned: bool = False
    ) -> tuple[Assignment, ...]:
        """The assignments that allow it on a row in this area, the deepest area first.

        ``owned`` says that the row is the principal's own: the applicant's; for staff, a case they hold, were
        first asked about, or are being handed. Empty where it is allowed without any assignment, as it is to
        a resident. Raises ``NotAuthenticated``, ``Forbidden``, or ``AreaOutsideGrant`` where the permission
        is held elsewhere only.
        """
        if not self.require(permission).covers(area_path, owned=owned):
            raise AreaOutsideGrant(permission=permission)
        return tuple(
            each
            for each in self._live
            if (each.covers(area_path) and self._allows(each, Reach.of(each.level), permission))
            or (owned and self._allows(each, Reach.OWN, permission))
            or self._allows(each, Reach.DISTRICT, permission)
        )

    def permissions(self) -> tuple[str, ...]:
        """Everything held anywhere, sorted: what the viewer is told."""
        return self._permissions

    def assignments(self) -> tuple[Assignment, ...]:
        """The assignments that count on the day, the deepest area first."""
        return self._live

    def _allows(self, assignment: Assignment, level: Reach, permission: Permission) -> bool:
        return self._policy.allows(assignment.role, level, permission)

    def _refusal(self, permission: Permission) -> NotAuthenticated | Forbidden:
        if self._kind is PrincipalKind.ANONYMOUS:
            return NotAuthenticated()
        return Forbidden(permission=permission)

    def _gather(self) -> Mapping[Permission, Scope]:
        found: dict[Permission, _Reached] = {}
        table = self._policy.permissions_at
        base, reaches = self._base
        for reach in reaches:
            for permission in table(base, reach):
                reached = found.setdefault(permission, _Reached())
                reached.own |= reach is Reach.OWN
                reached.whole |= reach is not Reach.OWN
        for each in self._live:
            for permission in table(each.role, Reach.of(each.level)):
                found.setdefault(permission, _Reached()).paths.append(each.area_path)
            for permission in table(each.role, Reach.OWN):
                found.setdefault(permission, _Reached()).own = True
            for permission in table(each.role, Reach.DISTRICT):
                found.setdefault(permission, _Reached()).whole = True
        return MappingProxyType({permission: reached.scope() for permission, reached in found.items()})


def grants_of(principal: Principal, policy: CompiledPolicy, *, on: date) -> Grants:
    """The principal's grants on the day ``on`` (in the district's time zone), from a bounded cache.

    They follow from kind, duty, assignments, policy and day alone, so all residents of a district share one entry
    and a changed assignment or policy is never answered from an old one.
    """
    return _grants_of(principal.kind, principal.duty, principal.assignments, policy, on)


@lru_cache(maxsize=4096)
def _grants_of(
    kind: PrincipalKind,
    duty: OperatorDuty | None,
    assignments: tuple[Assignment, ...],
    policy: CompiledPolicy,
    on: date,
) -> Grants:
    return Grants(Principal(kind=kind, duty=duty, assignments=assignments), policy, on=on)
