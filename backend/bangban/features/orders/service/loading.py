"""One order for one act of one caller: locked, read, authorised. As casework does it (features/cases)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from bangban.features.cases.service.loading import actor_of as actor_of_cases
from bangban.features.cases.values import CaseState
from bangban.features.orders.problems import HelperUnfit, NotOfferedToYou, no_such_order
from bangban.features.orders.rules.facts import THE_CLOCK, Actor, Helper, OrderFacts, Place
from bangban.features.orders.rules.offering import is_offered_to, places_to_ask
from bangban.features.orders.rules.settings import OrderSettings, order_settings
from bangban.features.orders.service.helpers import read_chain, read_helpers
from bangban.features.orders.service.reading import LOCK_ID, LOCK_NUMBER, WHOLE_ORDER, facts_of
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work

_UNDECIDED: Final = frozenset({CaseState.DECLINED, CaseState.WITHDRAWN, CaseState.TERMINATED})


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """An order, locked, with its facts and who acts on it."""

    work: Work
    row: Any  # of WHOLE_ORDER
    facts: OrderFacts
    actor: Actor
    settings: OrderSettings

    @property
    def owned(self) -> bool:
        """Whether the order is the caller's own: asked for by a resident, or in a helper's hands."""
        actor, facts = self.actor, self.facts
        mine = facts.holder_id if actor.is_staff else facts.resident_id
        return actor.id is not None and actor.id == mine

    @property
    def case_undecided(self) -> bool:
        """Whether the order's case is over and was never decided, so that nothing is done for it any more."""
        return self.row.case_state in _UNDECIDED

    def may(self, permission: Permission) -> bool:
        """Whether the caller holds the permission over this order."""
        return self.work.grants.scope(permission).covers(self.facts.place.path, owned=self.owned)

    def authorise(self, permission: Permission) -> None:
        """Raises ``Forbidden`` where the caller does not."""
        self.work.grants.require_at(permission, self.facts.place.path, owned=self.owned)

    async def places(self) -> list[Place]:
        """Where the order can be offered to, the deepest first."""
        chain = await read_chain(self.work, self.facts.place.path)
        helpers = await self.helpers()
        return places_to_ask(chain, helpers, order=self.facts, settings=self.settings)

    async def helpers(self, staff_id: UUID | None = None) -> list[Helper]:
        """Everybody who may claim orders here, or one of them: once for each post."""
        path, code = self.facts.place.path, self.facts.service_code
        return await read_helpers(self.work, path=path, service_code=code, staff_id=staff_id)

    async def claimant(self) -> Helper:
        """The caller at the post to which the order is offered. Raises ``NotOfferedToYou`` without any post here."""
        mine = await self.helpers(self.actor.id)
        if any(each.is_volunteer for each in mine):
            # They are held by now, so what was decided of them while this waited is seen: whether they are let in.
            mine = await self.helpers(self.actor.id)
        if not mine:
            raise NotOfferedToYou
        return next((each for each in mine if is_offered_to(self.facts, each.post)), mine[0])

    async def somebody(self, staff_id: UUID) -> Helper:
        """A helper by id, at their deepest post here. Raises ``HelperUnfit``."""
        found = await self.helpers(staff_id)
        if not found:
            raise HelperUnfit
        return found[-1]


def actor_of(work: Work) -> Actor:
    """The caller as the rules know them. Raises ``NotAuthenticated``."""
    caller = actor_of_cases(work)
    return Actor(id=caller.id, staff_name=caller.staff_name)


async def load_order(work: Work, *, number: str, one_of: tuple[Permission, ...]) -> Loaded:
    """Lock and read the order called ``number``, for a caller who holds one of the permissions somewhere.

    Raises:
        NotAuthenticated, Forbidden: The caller holds none of them anywhere; nothing was read.
        NotFound: There is no such order, or the caller may not see it; the two look the same.
    """
    if not any(work.grants.scope(permission) for permission in one_of[1:]):
        work.grants.require(one_of[0])
    actor = actor_of(work)
    found = await work.run(LOCK_NUMBER, number=number.strip())
    if not found:
        raise no_such_order()
    loaded = await _read(work, found[0].id, actor)
    if not loaded.may(Permission.ORDER_READ):
        raise no_such_order()
    return loaded


async def find_order(work: Work, order_id: UUID) -> Loaded | None:
    """Lock and read an order for the clock, which asks nobody; None where there is none."""
    if not await work.run(LOCK_ID, order_id=order_id):
        return None
    return await _read(work, order_id, THE_CLOCK)


async def _read(work: Work, order_id: UUID, actor: Actor) -> Loaded:
    (row,) = await work.run(WHOLE_ORDER, order_id=order_id)
    return Loaded(
        work=work, row=row, facts=facts_of(row), actor=actor, settings=order_settings(work.settings)
    )
