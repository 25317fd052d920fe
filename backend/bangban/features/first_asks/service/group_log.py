"""群消息导入: taking over the log of a team's work group; the chat itself is elsewhere (DOMAIN C12, D04, B06)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bangban.features.cards.problems import no_such_team
from bangban.features.cases.rules.assistance import Assistance, assistance_of, phrases_in
from bangban.features.first_asks import rules
from bangban.features.first_asks.group_rules import (
    ANSWERED_IN_GROUP,
    MOST_QUESTIONS,
    Group,
    GroupAnswer,
    GroupQuestion,
    Taken,
    faults_in,
    settled,
    take,
)
from bangban.features.first_asks.service.group_reading import by_person, kept_of, owner_of, seats_of
from bangban.features.first_asks.service.loading import caller_of, record
from bangban.features.first_asks.service.online import REPLY_DUE
from bangban.features.first_asks.service.recording import Asker, asker_columns, visible_cases
from bangban.features.first_asks.tables import FirstAskAnswerRow, FirstAskRow, FirstAskTransferRow
from bangban.features.first_asks.values import AskChannel
from bangban.features.people.teams import hold_team
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.problems import LimitExceeded, Problem
from bangban.kernel.sheets.columns import LineFault
from bangban.kernel.tenancy.quotas import check_storage
from bangban.kernel.tenancy.work import Work


@dataclass(frozen=True, kw_only=True)
class LogTaken:
    """What came of an import: new questions, new answers, lines that said nothing new. Nothing with ``faults``."""

    questions: int = 0
    answers: int = 0
    repeated: int = 0
    faults: Sequence[LineFault] = ()


async def import_group_log(
    work: Work, *, team_id: UUID, lines: Sequence[GroupQuestion], askers: Sequence[Asker | None]
) -> LogTaken:
    """All of the log is taken over, or nothing with every fault of it. Twice is as good as once.

    By the team's lead, or by who keeps the first-asked records of its area. Imports of one team take turns. A new
    question is owned by the team's lead from now on; without an answer it is open, and its answer is promised as one
    asked online. ``askers`` are those of the lines.

    Raises:
        Forbidden, NotFound: The caller may not do this, or not for this team.
        LimitExceeded: More questions than are taken over at once.
        NobodyToAsk: Nobody of the team is in service, so nobody could own a question.
        StorageFull.
    """
    work.grants.require(Permission.ASKING_IMPORT)
    check_storage(work.district.quotas, work.district.storage_bytes)
    if len(lines) > MOST_QUESTIONS:
        raise LimitExceeded(fields=("input.lines",), limit="lines", most=MOST_QUESTIONS)
    held = await hold_team(work, team_id, Permission.ASKING_IMPORT)
    if held is None:
        raise no_such_team()
    team, area_id = held
    seats = await seats_of(work, team_id)
    owner_id = await owner_of(work, seats)
    rows, kept = await kept_of(work, team_id, {each.number for each in lines})
    cases = await visible_cases(work, {each.case_number for each in lines if each.case_number is not None})
    group = Group(
        now=work.now,
        zone=work.district.zone,
        members=by_person(seats),
        cases=frozenset(cases),
        kept=kept,
    )
    columns, faulty = _asked_by(work, lines, askers)
    faults = [*faults_in(lines, group), *faulty]
    if faults:
        return LogTaken(faults=sorted(faults, key=lambda fault: fault.line))
    done = take(lines, group)
    phrases = assistance_of(work.settings)
    changed = [each for each in done if each.new or each.answers]
    for each in changed:
        if each.new:
            rows[each.question.number] = _filed(
                work,
                each,
                team_id=team_id,
                owner_id=owner_id,
                area_id=area_id,
                case_id=cases.get(each.question.case_number or ""),
                asked_by=columns[each.question.number],
            )
    work.db.add_all(rows[each.question.number] for each in changed if each.new)
    await work.db.flush()
    await _answered(work, changed, rows, phrases)
    for each in changed:
        row = rows[each.question.number]
        record(work, row, Permission.ASKING_IMPORT, state=row.state.value, answers=len(each.answers))
        if row.reply_due_at is not None and each.new:
            work.announce(REPLY_DUE, str(row.id), due=row.reply_due_at)
    taken = LogTaken(
        questions=sum(each.new for each in changed),
        answers=sum(len(each.answers) for each in changed),
        repeated=len(lines) - len(changed),
    )
    work.record(
        action=Permission.ASKING_IMPORT,
        object=f"team:{team.key}",
        area_id=area_id,
        details={"questions": taken.questions, "answers": taken.answers, "repeated": taken.repeated},
    )
    return taken


def _filed(
    work: Work,
    taken: Taken,
    *,
    team_id: UUID,
    owner_id: UUID,
    area_id: UUID,
    case_id: UUID | None,
    asked_by: Mapping[str, Any],
) -> FirstAskRow:
    question = taken.question
    ask = settled(rules.receive(owner_id=owner_id, within_duty=True), taken)
    return FirstAskRow(
        id=new_id(),
        stem=f"{work.number_prefix}{work.today:%Y%m%d}-Q",
        channel=AskChannel.GROUP,
        state=ask.state,
        matter=question.matter,
        within_duty=ask.within_duty,
        owner_id=ask.owner_id,
        handler_id=ask.handler_id,
        area_id=area_id,
        asked_at=question.asked_at,
        case_id=case_id,
        closed_at=taken.closed_at,
        outcome=ask.outcome,
        reply_due_at=None if taken.answers else _due(work, question.asked_at),
        team_id=team_id,
        external_number=question.number,
        **asked_by,
    )


async def _answered(
    work: Work, changed: Sequence[Taken], rows: Mapping[str, FirstAskRow], assistance: Assistance
) -> None:
    """Write the new answers, and end what they answer, transfers that wait included."""
    ended = {rows[each.question.number].id for each in changed if not each.new}
    offers = select(FirstAskTransferRow).where(
        FirstAskTransferRow.first_ask_id.in_(ended),
        FirstAskTransferRow.taken_at.is_(None),
        FirstAskTransferRow.returned_at.is_(None),
    )
    for offer in await work.db.scalars(offers):
        offer.returned_at, offer.return_reason = work.now, ANSWERED_IN_GROUP
    for each in changed:
        row = rows[each.question.number]
        if not each.new:
            ask = rules.Ask(
                state=row.state, within_duty=row.within_duty, owner_id=row.owner_id, handler_id=row.handler_id
            )
            row.state, row.outcome, row.closed_at = settled(ask, each).state, each.outcome, each.closed_at
        work.db.add_all(_answer(work, row, answer, assistance) for answer in each.answers)


def _answer(work: Work, row: FirstAskRow, answer: GroupAnswer, assistance: Assistance) -> FirstAskAnswerRow:
    """It was said already, so a banned phrase is kept, and shown."""
    found = [phrase.phrase for phrase in phrases_in(assistance.phrases, answer.text)]
    return FirstAskAnswerRow(
        id=new_id(),
        first_ask_id=row.id,
        at=answer.at,
        author_id=answer.author_id,
        text=answer.text,
        recorded_by_id=caller_of(work),
        banned_phrases=found or None,
    )


def _due(work: Work, asked_at: datetime) -> datetime:
    local, assistance = asked_at.astimezone(work.district.zone), assistance_of(work.settings)
    return asked_at + assistance.reply_wait(
        in_hours=assistance.is_open(local, working=work.calendar.is_working(local.date()))
    )


def _asked_by(
    work: Work, lines: Sequence[GroupQuestion], askers: Sequence[Asker | None]
) -> tuple[dict[str, dict[str, Any]], list[LineFault]]:
    """Who asked, sealed, by the question's number; and what is wrong with it."""
    columns: dict[str, dict[str, Any]] = {}
    faults = []
    for line, (question, asker) in enumerate(zip(lines, askers, strict=True), start=1):
        try:
            found = asker_columns(work, asker or Asker())
        except Problem as why:
            faults.append(LineFault(line, "asker", why.message("zh-CN"), why.message("en")))
        else:
            columns.setdefault(question.number, found)
    return columns, faults
