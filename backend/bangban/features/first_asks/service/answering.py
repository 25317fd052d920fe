"""答复与办结: answers, which stay, and the end of a record, with what came of it (DOMAIN B01, B06)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from bangban.features.cases.service.wording import check_words
from bangban.features.first_asks import rules
from bangban.features.first_asks.service.loading import Loaded, caller_of, in_service, load_ask, manages, save
from bangban.features.first_asks.tables import FirstAskAnswerRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

ANSWERED: Final = "asking.answered"


async def answer_first_ask(work: Work, *, number: str, text: str) -> UUID:
    """答复: by who was asked or who has it. A resident who asked online is told that there is an answer.

    Raises as ``rules.answer``, and ``PhraseBanned``.
    """
    loaded = await load_ask(work, number, Permission.ASKING_ANSWER)
    after = rules.answer(loaded.ask, text, by=caller_of(work))
    _check_wording(work, loaded, text=text)
    answer = FirstAskAnswerRow(
        id=new_id(),
        first_ask_id=loaded.row.id,
        at=work.now,
        author_id=caller_of(work),
        text=rules.stated(text, field="input.text"),
    )
    work.db.add(answer)
    if loaded.row.resident_id is not None:
        work.announce(ANSWERED, str(loaded.row.id))
    return await save(work, loaded, after, Permission.ASKING_ANSWER)


async def close_first_ask(work: Work, *, number: str, outcome: str) -> UUID:
    """办结: by who was asked, or a supervisor for them; by who has it, once who was asked works here no more.

    Raises as ``rules.close``, and ``PhraseBanned``.
    """
    loaded = await load_ask(work, number, Permission.ASKING_ANSWER)
    may_manage = manages(work, loaded, Permission.ASKING_ANSWER) or await _left_behind(work, loaded)
    after = rules.close(loaded.ask, outcome, by=caller_of(work), may_manage=may_manage)
    _check_wording(work, loaded, outcome=outcome)
    loaded.row.outcome, loaded.row.closed_at = after.outcome, work.now
    return await save(work, loaded, after, Permission.ASKING_ANSWER, closed=True)


async def _left_behind(work: Work, loaded: Loaded) -> bool:
    """Whether the caller has it and its owner is out of service: else nobody might be left to close it."""
    row = loaded.row
    if caller_of(work) != row.handler_id or row.handler_id == row.owner_id:
        return False
    return not await in_service(work, [row.owner_id])


def _check_wording(work: Work, loaded: Loaded, **texts: str) -> None:
    """Refuse banned phrases, and count that (DOMAIN B05). Raises ``PhraseBanned``."""
    row = loaded.row
    check_words(work, f"first-ask:{row.number}", row.area_id, **texts)
