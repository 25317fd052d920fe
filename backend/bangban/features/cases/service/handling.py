"""Whether somebody may handle a case here: trained for it, of a unit that does as much, and not their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from bangban.features.accounts.residents import phone_hash
from bangban.features.cases.problems import ItemNotHandledHere, ItemNotTakenOn, OwnApplication
from bangban.features.catalog.delegations import Begun, counting, may_handle
from bangban.features.catalog.service.delegated import levels_of, standing_delegations, unit_of
from bangban.features.catalog.values import DelegationScope
from bangban.features.people.attendance import has_attended
from bangban.features.people.tables import PHONE_CONTEXT
from bangban.features.people.training import training_needs, untrained
from bangban.kernel.access.principals import Assignment
from bangban.kernel.access.roles import Role
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.work import Work


def require_impartial(work: Work, row: Any) -> None:
    """回避: refuse staff whose own application it is, of a row of ``WHOLE_CASE`` (DOMAIN C02).

    Known by their phone: the applicant's, or that of the account that applied. Who has none on record is believed.
    Raises ``OwnApplication``.
    """
    if row.caller_phone_sealed is None:
        return
    mine = phone_hash(work.vault, work.vault.open(row.caller_phone_sealed, context=PHONE_CONTEXT))
    if mine in (row.phone_hash, row.account_phone_hash):
        raise OwnApplication


async def require_trained(
    work: Work, staff_id: UUID, service_code: str, *, field: str = "input.number"
) -> None:
    """Refuse somebody of the staff without the training that cases of this item take here. Raises
    ``TrainingRequired``."""
    needs = training_needs(work.settings)
    if needs.for_case_of(service_code):
        refusal = untrained(
            service_code, needs, trained=await has_attended(work, staff_id, service_code), field=field
        )
        if refusal is not None:
            raise refusal


async def require_handling(
    work: Work,
    held: Sequence[Assignment],
    item: Any,
    wanted: DelegationScope,
    *,
    begun: Begun,
    field: str = "input.number",
) -> UUID | None:
    """Refuse unless one of the assignments' units may do as much of the item, whose row has ``service_code``.

    The delegation by which it may, None where the item's levels let it. Raises ``ItemNotHandledHere``.
    """
    levels, today = levels_of(item), work.today
    units = [unit_of(each, work.principal.id) for each in held]
    if any(may_handle(unit, levels, (), wanted, begun=begun, today=today) for unit in units):
        return None
    found = await standing_delegations(work, item.service_code) if units else []
    by_units = (counting(unit, found, wanted, begun=begun, today=today) for unit in units)
    for given in by_units:
        if given is not None:
            return given.id
    usual = (level for level in AreaLevel if (scope := levels.scope_at(level)) and scope.includes(wanted))
    partners = {each.role for each in held} == {Role.PARTNER_CLERK}
    refusal = ItemNotTakenOn if partners else ItemNotHandledHere
    raise refusal((level.value for level in usual), field=field)
