"""Who is given something stays until it is written, or had left before: both at once is not possible.

Leaving (``staffing.leaving``) locks somebody's row, counts what they have in hand, and ends their service or posts. A
foreign key alone makes a giver wait for that, but only once the giver has looked whether they are in service.
"""

from __future__ import annotations

from typing import Final, TypeVarTuple

from sqlalchemy import Select

from bangban.features.people.tables import AssignmentRow, StaffRow

Columns = TypeVarTuple("Columns")
_HELD: Final = (StaffRow.__table__, AssignmentRow.__table__)


def while_they_stay(chosen: Select[*Columns]) -> Select[*Columns]:
    """The same people, from a statement that joins them with their posts in force, held until the transaction ends.

    It waits for who is just leaving, and PostgreSQL looks at the changed rows again: who has left is not found. Others
    may be given something meanwhile. FOR KEY SHARE would not do: it takes rows as they were before they were changed.

    What is given was locked before, the person comes next, then the post: in this order everywhere, or two would wait
    for each other. So leaving changes posts once it has locked their holder, and a merged area posts after cases.
    """
    return chosen.with_for_update(read=True, of=_HELD)


def one_at_a_time(chosen: Select[*Columns]) -> Select[*Columns]:
    """As ``while_they_stay``, and nobody else gives them anything meanwhile: what they have is about to be counted."""
    return chosen.with_for_update(key_share=True, of=_HELD)
