"""What a drawn history comes to: counted row by row, for the indicators that the statement makes of the same rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

from tests.api.histories import History

from bangban.features.cases.values import (
    CaseState,
    CommitmentKind,
    EventKind,
    Grade,
    HelpKind,
    HelpMode,
    MaterialState,
    ResultStanding,
)
from bangban.features.catalog.values import Channel
from bangban.features.first_asks.values import AskChannel, AskState
from bangban.features.orders.values import HELD, OrderKind, OrderState
from bangban.features.recognitions.values import RecognitionKind

Told = dict[tuple[str, str | None], Any]
_PLACES = Decimal("0.0001")
_SATISFIED = (Grade.VERY_SATISFIED, Grade.SATISFIED, Grade.FAIRLY_SATISFIED)


def share(part: int, whole: int) -> Any:
    """Exact to four places, as text without zeros at the end, with the counts; null of nothing."""
    if whole == 0:
        return None, part, whole
    exact = (Decimal(part) / Decimal(whole)).quantize(_PLACES, ROUND_HALF_UP)
    return format(exact.normalize() + 0, "f"), part, whole


def middle(times: Iterable[timedelta], unit: timedelta) -> float | None:
    found = [each / unit for each in times]
    return round(median(found), 4) if found else None


class Counting:
    """One period of a history; ``inside`` are the areas at towns or below to which offers came."""

    def __init__(self, drawn: History, since: date, until: date, zone: Any, now: datetime) -> None:
        self.drawn, self.since, self.until, self.zone, self.now = drawn, since, until, zone, now
        self.cases = [each for each in drawn.cases if self.on(each.submitted_at)]
        self.done = [each for each in drawn.cases if each.completed_at and self.on(each.completed_at)]

    def on(self, moment: datetime) -> bool:
        return self.since <= moment.astimezone(self.zone).date() <= self.until

    def told(self) -> Told:
        """Everything, by key and label."""
        return {
            **self._begun(),
            **self._steps(),
            **self._done(),
            **self._orders(),
            **self._asks(),
            **self._small(),
        }

    def _of(self, rows: Iterable[Any]) -> list[Any]:
        ours = {each.id for each in self.cases}
        return [each for each in rows if each.case_id in ours]

    def _begun(self) -> Told:
        cases, size = self.cases, len(self.cases)
        links = [each for each in self._of(self.drawn.handovers) if each.taken_at is not None]
        papers = [each.papers_out for each in cases if each.papers_out is not None]
        notices, materials = self._of(self.drawn.notices), self._of(self.drawn.materials)
        promises = self._of(self.drawn.promises)
        undone = (CaseState.DECLINED, CaseState.WITHDRAWN, CaseState.TERMINATED)
        return {
            **{("CHANNEL_USE", e): share(sum(c.channel is e for c in cases), size) for e in Channel},
            **{("MODE_USE", e): share(sum(e in c.modes for c in cases), size) for e in HelpMode},
            **{("DROP_OUTS", e): share(sum(c.state is e for c in cases), size) for e in undone},
            **{("HELPED_CASES", e): sum(c.help is e for c in cases) for e in HelpKind},
            ("FEES", None): 0,
            ("PAPERS_OUT", None): sum(papers),
            ("PAPERS_BALANCED", None): share(papers.count(0), len(papers)),
            ("ACCEPTED_ELSEWHERE", None): share(0, sum(c.accepted_at is not None for c in cases)),
            ("SECOND_NOTICES", None): sum(each.ordinal > 1 for each in notices),
            ("UPLOADS_SPARED", None): share(
                sum(each.state is MaterialState.EXEMPT for each in materials), len(materials)
            ),
            ("CHAIN_LENGTH", None): share(len(links), len({each.case_id for each in links})),
            ("HANDOVER_GAP_MINUTES", None): middle(
                (each.taken_at - each.offered_at for each in links), timedelta(minutes=1)
            ),
            ("PROMISES_OVERDUE", None): share(sum(self._broken(each) for each in promises), len(promises)),
        }

    def _broken(self, promise: Any) -> bool:
        (ended,) = (each.ended_at for each in self.cases if each.id == promise.case_id)
        until = promise.fulfilled_at or ended or self.now
        return bool(until.astimezone(self.zone).date() > promise.promised_by)

    def _steps(self) -> Told:
        rated = {each.case_id: each.rated_at for each in self.drawn.ratings}
        first: dict[Any, datetime] = {}
        for event in self.drawn.events:
            if event.kind in (EventKind.PRE_CHECKED, EventKind.NOTICE_ISSUED):
                first[event.case_id] = min(event.at, first.get(event.case_id, event.at))
        spans = {
            "REVIEW": [(c.submitted_at, first.get(c.id)) for c in self.cases],
            "ACCEPTANCE": [(c.submitted_at, c.accepted_at) for c in self.cases],
            "HANDLING": [(c.accepted_at, c.completed_at) for c in self.cases],
            "RATING": [(c.completed_at, rated.get(c.id)) for c in self.cases],
        }
        return {
            ("STEP_HOURS", step): middle(
                (end - begin for begin, end in each if begin and end), timedelta(hours=1)
            )
            for step, each in spans.items()
        }

    def _done(self) -> Told:
        again = {each.case_id for each in self.drawn.notices if each.ordinal > 1}
        happened = {
            kind: {each.case_id for each in self.drawn.events if each.kind == kind}
            for kind in (EventKind.RETURNED, EventKind.EXPIRED)
        }
        late = {c.id for c in self.done if c.due_ordinal is not None and c.completed_ordinal > c.due_ordinal}
        ids = {c.id for c in self.done}
        unsettled = {c.id for c in self.done if c.result_standing is ResultStanding.CONDITIONAL}
        lost = {c.id for c in self.done if c.result_standing is ResultStanding.WITHDRAWN}
        once = {c.id for c in self.done if (c.trips or 0) <= 1} - again - late - unsettled - lost
        known = {
            each: ids - unsettled if each is CommitmentKind.DONE_ONCE else ids for each in CommitmentKind
        }
        kept = {
            CommitmentKind.FIRST_ASKED: ids,
            CommitmentKind.TOLD_ONCE: ids - again,
            CommitmentKind.TO_THE_POINT: ids - happened[EventKind.RETURNED],
            CommitmentKind.DONE_ONCE: once,
            CommitmentKind.HANDED_OVER_IN_TIME: ids - happened[EventKind.EXPIRED],
        }
        limited = [c for c in self.done if c.due_ordinal is not None]
        return {
            ("TRIPS_PER_CASE", None): share(sum(c.trips or 0 for c in self.done), len(ids)),
            ("ONCE_DONE", None): share(len(once), len(ids - unsettled)),
            ("ON_TIME", None): share(len(limited) - len(late), len(limited)),
            **{("COMMITMENTS_KEPT", kind): share(len(each), len(known[kind])) for kind, each in kept.items()},
            ("COMMITMENT_SCORE", None): share(sum(map(len, kept.values())), sum(map(len, known.values()))),
        }

    def _orders(self) -> Told:
        orders = [each for each in self.drawn.orders if self.on(each.placed_at)]
        again = {each.order_id for each in self.drawn.order_events if each.from_state is not OrderState.OPEN}
        minute = timedelta(minutes=1)

        def times(kind: OrderKind, end: str) -> float | None:
            ends = [(o.placed_at, getattr(o, end)) for o in orders if o.kind is kind]
            return middle((until - since for since, until in ends if until is not None), minute)

        rated = [o.grade for o in orders if o.kind is OrderKind.NEED and o.grade is not None]
        tried = [o for o in orders if o.kind in (OrderKind.PICKUP, OrderKind.DELIVERY) and o.tries > 0]
        solved = [o for o in orders if o.kind is OrderKind.ISSUE and o.state is OrderState.DONE]
        held = Counter(o.holder_id for o in self.drawn.orders if o.state in HELD)
        spread = Decimal(max(held.values())) * len(held) / sum(held.values())
        return {
            **{("ORDERS", kind): sum(o.kind is kind for o in orders) for kind in OrderKind},
            ("REASSIGNED", None): share(sum(o.id in again for o in orders), len(orders)),
            ("CALL_ANSWER_MINUTES", None): times(OrderKind.CALL_OUT, "claimed_at"),
            ("CALL_ATTEND_MINUTES", None): times(OrderKind.CALL_OUT, "started_at"),
            ("NEED_CLAIM_MINUTES", None): times(OrderKind.NEED, "claimed_at"),
            ("NEED_SATISFIED", None): share(sum(each in _SATISFIED for each in rated), len(rated)),
            ("DOOR_SUCCESS", None): share(sum(o.state is OrderState.DONE for o in tried), len(tried)),
            ("DOOR_RETRIES", None): sum(o.tries - 1 for o in tried),
            ("SOLVED_INSIDE", None): share(
                sum(o.offered_to_area_id == o.area_id for o in solved), len(solved)
            ),
            ("LOAD_SPREAD", None): float(spread.quantize(_PLACES, ROUND_HALF_UP)),
        }

    def _asks(self) -> Told:
        asks = [each for each in self.drawn.asks if self.on(each.asked_at)]
        ids = {each.id for each in asks}
        first: dict[Any, datetime] = {}
        for answer in self.drawn.answers:
            first[answer.first_ask_id] = min(answer.at, first.get(answer.first_ask_id, answer.at))
        online = [a for a in asks if a.channel is AskChannel.ONLINE]
        transfers = [each for each in self.drawn.transfers if each.first_ask_id in ids]
        answered = [(a, first[a.id]) for a in online if a.id in first]
        return {
            ("REPLY_MINUTES", None): middle((at - a.asked_at for a, at in answered), timedelta(minutes=1)),
            ("REPLIES_IN_TIME", None): share(sum(at <= a.reply_due_at for a, at in answered), len(online)),
            ("CLOSING_HOURS", None): middle(
                (a.closed_at - a.asked_at for a in asks if a.closed_at), timedelta(hours=1)
            ),
            ("OWNER_GAPS", None): sum(
                a.owner_id != a.handler_id and a.state is not AskState.CLOSED for a in asks
            ),
            ("TRANSFERS_IN_TIME", None): share(
                sum(t.taken_at is not None for t in transfers), len(transfers)
            ),
            ("UNATTRIBUTED_ANSWERS", None): 0,
            ("FLAGGED_PHRASES", None): 0,
        }

    def _small(self) -> Told:
        uses = [each for each in self.drawn.uses if self.on(each.at)]
        thanks = [each for each in self.drawn.thanks if self.since <= each.on_date <= self.until]
        return {
            ("ELDERLY_HELPED", None): share(sum(each.elderly for each in uses), len(uses)),
            **{("RECOGNITIONS", kind): sum(each.kind is kind for each in thanks) for kind in RecognitionKind},
        }
