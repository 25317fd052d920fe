"""Leads are reminded of entries of the contact book that run out (DOMAIN C12): once before, once after.

The daily sweep finds them. What it found is noted with the entry, in the transaction that announces it, so that no
repetition and no restart tells it twice; publishing the entry anew takes the note back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select

from bangban.features.cards.contacts import contact_days, good_until, remind_days, reminder_due
from bangban.features.people.contacts import ways_to
from bangban.features.people.leads import leads_of_team
from bangban.features.people.tables import TeamRow
from bangban.features.people.team_ends import not_over
from bangban.features.people.values import ContactReminder
from bangban.kernel.jobs.deliveries import Delivery, Handler
from bangban.kernel.jobs.letters import letter, tellers
from bangban.kernel.messenger import Message, Messenger, Template
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

ENDING: Final = "contact.ending"
STALE: Final = "contact.stale"
"""Announced with a team and the last day of its entry, a blank between: its leads are told."""

_KINDS: Final = {ContactReminder.ENDING: ENDING, ContactReminder.STALE: STALE}


async def remind_of_contacts(work: Work) -> Counter[ContactReminder]:
    """Announce what is due today of the district's entries; how many of each kind. Safe to repeat."""
    days, ahead = contact_days(work.settings), remind_days(work.settings)
    found: Counter[ContactReminder] = Counter()
    rows = await work.db.scalars(
        select(TeamRow)
        .where(
            TeamRow.contact_checked_on.is_not(None),
            not_over(TeamRow, work.today),
            or_(TeamRow.contact_reminded.is_(None), TeamRow.contact_reminded != ContactReminder.STALE),
        )
        .order_by(TeamRow.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    for row in rows:
        last = _good_until(row, days)
        due = reminder_due(last, reminded=row.contact_reminded, today=work.today, ahead=ahead)
        if due is not None:
            row.contact_reminded = due
            work.announce(_KINDS[due], f"{row.id} {last}")
            found[due] += 1
    if found:
        counts = {each.value: found[each] for each in ContactReminder if found[each]}
        work.record(action="contact:remind", object="contacts", details=counts)
    return found


def handlers(tenancy: Tenancy, messenger: Messenger) -> Mapping[str, Handler]:
    """The outbox's handlers of reminders, by kind."""
    writers = {
        ENDING: partial(_remind, ContactReminder.ENDING, Template.CONTACT_ENDING),
        STALE: partial(_remind, ContactReminder.STALE, Template.CONTACT_STALE),
    }
    return tellers(tenancy, messenger, writers)


async def _remind(
    of: ContactReminder, template: Template, work: Work, delivery: Delivery
) -> Sequence[Message] | None:
    """To the team's leads; to nobody, if the entry was published anew or taken out meanwhile."""
    team_id, last = delivery.reference.split(" ")
    row = await work.db.get(TeamRow, UUID(team_id))
    if row is None or row.contact_reminded is not of:
        return None
    return [
        letter(
            work,
            delivery,
            template,
            f"-{staff.id}",
            to=to,
            language=staff.language,
            team=row.name,
            until=date.fromisoformat(last),
        )
        for staff in await leads_of_team(work, row.id)
        if (to := ways_to(work.vault, staff))
    ]


def _good_until(row: TeamRow, days: int) -> date:
    assert row.contact_checked_on is not None  # entries alone were asked for
    return good_until(checked_on=row.contact_checked_on, until=row.contact_until, days=days)
