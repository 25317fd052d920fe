"""What people asked in the period 首问与咨询 (DOMAIN A12, B01, B02, B05, B06, C12, D04)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select

from bangban.features.first_asks.graphql import answered_at
from bangban.features.first_asks.tables import FirstAskAnswerRow, FirstAskRow, FirstAskTransferRow
from bangban.features.first_asks.values import AskChannel, AskState
from bangban.features.indicators.refused import refused
from bangban.features.indicators.scope import Asked, count, measure, share, told
from bangban.features.indicators.values import IndicatorKey as Key
from bangban.features.people.tables import StaffRow
from bangban.kernel.planner.measures import HOUR, MINUTE, quantile, seconds
from bangban.kernel.problems import ErrorCode


def questions(asked: Asked) -> list[Select[Any]]:
    """Everything that is measured of what was asked."""
    return [_records(asked), _transfers(asked), _answers(asked)]


def _records(asked: Asked) -> Select[Any]:
    ask, owner = FirstAskRow.__table__.alias("counted_ask"), StaffRow.__table__.alias("ask_owner")
    online = ask.c.channel == AskChannel.ONLINE.value
    in_group = ask.c.channel == AskChannel.GROUP.value
    each = (
        select(
            ask.c.asked_at,
            ask.c.closed_at,
            ask.c.reply_due_at,
            online.label("online"),
            in_group.label("in_group"),
            answered_at(asked.rows(ask.c)).label("answered_at"),
            # Nobody has a record but its owner until it is closed, so an owner who left is a gap.
            and_(ask.c.state != AskState.CLOSED.value, ~owner.c.active).label("gap"),
        )
        .select_from(ask.join(owner, owner.c.id == ask.c.owner_id))
        .where(asked.within(ask.c.asked_at), asked.here(ask.c.area_id))
        .subquery()
    )
    c = each.c
    # A question whose promised time is still to come says nothing yet.
    due = and_(c.online, or_(c.answered_at.is_not(None), c.reply_due_at < asked.now))
    seen = (
        select(
            func.count().label("records"),
            func.count().filter(c.gap).label("gaps"),
            quantile(0.5, seconds(c.asked_at, c.closed_at), HOUR).label("closing"),
            func.count(c.closed_at).label("closed"),
            quantile(0.5, case((c.online, seconds(c.asked_at, c.answered_at))), MINUTE).label("reply"),
            quantile(0.5, case((c.in_group, seconds(c.asked_at, c.answered_at))), MINUTE).label(
                "group_reply"
            ),
            func.count().filter(due).label("due"),
            func.count().filter(and_(due, c.answered_at <= c.reply_due_at)).label("in_time"),
        )
        .select_from(each)
        .subquery()
    )
    return told(
        asked,
        seen,
        measure(Key.REPLY_MINUTES, seen.c.reply),
        measure(Key.GROUP_ANSWER_MINUTES, seen.c.group_reply),
        share(Key.REPLIES_IN_TIME, seen.c.in_time, seen.c.due),
        measure(Key.OWNER_GAPS, seen.c.gaps, part=seen.c.gaps, whole=seen.c.records),
        measure(Key.CLOSING_HOURS, seen.c.closing, whole=seen.c.closed),
        count(Key.FLAGGED_PHRASES, refused(asked, ErrorCode.PHRASE_BANNED)),
    )


def _transfers(asked: Asked) -> Select[Any]:
    ask, offer = (
        FirstAskRow.__table__.alias("passed_ask"),
        FirstAskTransferRow.__table__.alias("counted_offer"),
    )
    seen = (
        select(
            func.count(offer.c.taken_at).label("taken"),
            func.count(func.coalesce(offer.c.taken_at, offer.c.returned_at)).label("over"),
        )
        .select_from(offer.join(ask, ask.c.id == offer.c.first_ask_id))
        .where(asked.within(ask.c.asked_at), asked.here(ask.c.area_id))
        .subquery()
    )
    return told(asked, seen, share(Key.TRANSFERS_IN_TIME, seen.c.taken, seen.c.over))


def _answers(asked: Asked) -> Select[Any]:
    ask, answer = (
        FirstAskRow.__table__.alias("answered_ask"),
        FirstAskAnswerRow.__table__.alias("given_answer"),
    )
    nobody = answer.c.author_id.is_(None)
    seen = (
        select(func.count().filter(nobody).label("nobodys"), func.count().label("answers"))
        .select_from(answer.join(ask, ask.c.id == answer.c.first_ask_id))
        .where(asked.within(ask.c.asked_at), asked.here(ask.c.area_id))
        .subquery()
    )
    return told(
        asked,
        seen,
        measure(Key.UNATTRIBUTED_ANSWERS, seen.c.nobodys, part=seen.c.nobodys, whole=seen.c.answers),
    )
