"""用印: the number of a result under the district's one seal (DOMAIN A09).

A register of a seal is read by its numbers: one that is missing is a use that nobody accounts for. So numbers have no
gap, which a sequence would leave behind whatever is rolled back. Whoever needs a number waits for whoever has the last
one until that is committed or was never there; it is the last thing an act asks for, so this is a moment. Each year
begins anew, as paper registers do.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Integer, func, select

from bangban.features.areas.latch import take_latch
from bangban.features.cases.rules.transition import SealUse
from bangban.features.cases.tables import CaseEventRow
from bangban.features.profiles.models_seal import SEAL
from bangban.kernel.database.written import Given, Written
from bangban.kernel.tenancy.work import Work

_LAST: Final = Written(
    select(func.max(CaseEventRow.seal_number).label("number")).where(
        CaseEventRow.seal_year == Given("year", Integer()), CaseEventRow.seal_number.is_not(None)
    )
)


async def use_seal(work: Work) -> SealUse | None:
    """The next number of this year, the district's own; None where the district has no such seal."""
    seal = work.settings.get(SEAL) or {}
    if seal.get("name") is None:
        return None
    await take_latch(work, SEAL)
    # A statement of its own: it sees what whoever held the latch before has committed.
    (last,) = await work.run(_LAST, year=work.today.year)
    return SealUse(year=work.today.year, number=(last.number or 0) + 1, seal=seal)
