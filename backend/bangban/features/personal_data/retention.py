"""Erasing what is due, in batches, each with its entry in the trail: how many, and of which kind, never whose."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, cast

from sqlalchemy import Table, and_, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB

from bangban.features.accounts.tables import ResidentRow
from bangban.features.bookings.ending import forget_bookings
from bangban.features.bookings.tables import BookingRow
from bangban.features.cases.enums import CaseState
from bangban.features.cases.tables import CaseRow, InterimRatingRow, RatingRow
from bangban.features.first_asks.erasing import erase_asks
from bangban.features.first_asks.tables import FirstAskRow
from bangban.features.hall.service.forgetting import forget_visits
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.features.orders.tables import OrderRow
from bangban.features.outreach.service import forget_interests
from bangban.features.personal_data.rules import SETTING, Retention, checked, retention_of
from bangban.features.personal_data.tables import DataRequestRow
from bangban.features.recognitions.service import forget_givers
from bangban.features.uploads.service import erase_files
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work

ERASED: Final = "***"
"""What stands where a masked name or number was."""

BATCH: Final = 1_000
_OVER: Final = (
    CaseState.COMPLETED,
    CaseState.CLOSED,
    CaseState.DECLINED,
    CaseState.WITHDRAWN,
    CaseState.TERMINATED,
)
_CASES = cast("Table", CaseRow.__table__)
_APPLICATIONS = cast("Table", BundleApplicationRow.__table__)
_MEMBERS = cast("Table", BundleMemberRow.__table__)
_RATINGS = cast("Table", RatingRow.__table__)
_INTERIM_RATINGS = cast("Table", InterimRatingRow.__table__)
_RESIDENTS = cast("Table", ResidentRow.__table__)
_REQUESTS = cast("Table", DataRequestRow.__table__)
_ORDERS = cast("Table", OrderRow.__table__)


@dataclass(frozen=True, slots=True)
class Erased:
    """What one batch erased. ``more`` says that another one may find something."""

    cases: int
    accounts: int
    more: bool
    orders: int = 0
    visits: int = 0
    asks: int = 0
    givers: int = 0
    bookings: int = 0


async def erase_due(work: Work) -> Erased:
    """Erase the personal data of up to ``BATCH`` cases and accounts whose time is over. Safe to repeat.

    Of a case that ended: name, identity number, phone, note, what modes asked for, files, the ratings'
    comments and requests about it. What was decided stays: item, area, dates, outcome, grounds. Of a
    first-asked record that was closed: who asked, and what. Of an order that ended, by the same period: note, address,
    location, the rating's comment and who signed at the door. Of an account without cases, orders and
    questions: its phone, its WeChat and what it wished to be told. Visits to halls are forgotten after the days
    that the district keeps them. Of a banner, by the cases' period: who gave it. Bookings go with the account
    of whoever made them, and by the cases' period.
    """
    retention = retention_of(work.settings)
    ended = func.coalesce(CaseRow.completed_at, CaseRow.ended_at)
    due = (
        select(CaseRow.id)
        .where(
            CaseRow.state.in_(_OVER),
            CaseRow.identity_sealed.is_not(None),
            ended < retention.cases_before(work.now),
        )
        .order_by(CaseRow.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    cases = list(await work.db.scalars(due))
    if cases:
        await _erase_cases(work, cases)
    orders = await _erase_orders(work, retention)
    accounts = list(
        await work.db.scalars(
            select(ResidentRow.id)
            .where(
                ResidentRow.phone_sealed.is_not(None),
                ResidentRow.created_at < retention.accounts_before(work.now),
                ~exists().where(
                    and_(
                        CaseRow.resident_id == ResidentRow.id,
                        or_(
                            CaseRow.identity_sealed.is_not(None), ended >= retention.accounts_before(work.now)
                        ),
                    )
                ),
                ~exists().where(
                    OrderRow.resident_id == ResidentRow.id,
                    or_(
                        OrderRow.ended_at.is_(None), OrderRow.ended_at >= retention.accounts_before(work.now)
                    ),
                ),
                ~exists().where(
                    BookingRow.resident_id == ResidentRow.id,
                    BookingRow.ends_at >= retention.accounts_before(work.now),
                ),
                ~exists().where(FirstAskRow.resident_id == ResidentRow.id),  # goes with the question
            )
            .order_by(ResidentRow.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
    )
    if accounts:
        sealed = ("phone_sealed", "phone_hash", "wechat_sealed", "wechat_since")
        gone: dict[str, Any] = {**dict.fromkeys(sealed), "phone_masked": ERASED}
        await work.db.execute(update(_RESIDENTS).where(_RESIDENTS.c.id.in_(accounts)).values(gone))
        await forget_interests(work, accounts)
    visits = await forget_visits(work, most=BATCH)
    asks = await erase_asks(work, closed_before=retention.cases_before(work.now), most=BATCH)
    givers = await forget_givers(work, recorded_before=retention.cases_before(work.now), most=BATCH)
    bookings = await forget_bookings(
        work, residents=accounts, ended_before=retention.cases_before(work.now), most=BATCH
    )
    counts = {
        "cases": len(cases),
        "accounts": len(accounts),
        "orders": orders,
        "visits": visits,
        "asks": asks,
        "givers": givers,
        "bookings": bookings,
    }
    if any(counts.values()):
        work.record(
            action="retention:erase", object="personal-data:due", details={**counts, **asdict(retention)}
        )
    return Erased(**counts, more=BATCH in counts.values())


async def _erase_orders(work: Work, retention: Retention) -> int:
    """Of up to ``BATCH`` orders that ended long enough ago, what tells of a person; how many."""
    told = or_(
        OrderRow.note.is_not(None),
        OrderRow.address_masked.is_not(None),
        OrderRow.longitude.is_not(None),
        OrderRow.comment.is_not(None),
        OrderRow.signed_by_masked.is_not(None),
    )
    due = list(
        await work.db.scalars(
            select(OrderRow.id)
            .where(OrderRow.ended_at < retention.cases_before(work.now), told)
            .order_by(OrderRow.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
    )
    if due:
        signed = ("signed_by_sealed", "signed_by_masked", "signature_file_id")
        gone = dict.fromkeys(
            ("note", "address_sealed", "address_masked", "longitude", "latitude", "comment", *signed)
        )
        await work.db.execute(update(_ORDERS).where(_ORDERS.c.id.in_(due)).values(gone))
    return len(due)


async def _erase_cases(work: Work, cases: list[Any]) -> None:
    gone: dict[str, Any] = {
        "applicant_name": ERASED,
        "applicant_name_masked": ERASED,
        "identity_sealed": None,
        "identity_hash": None,
        "identity_masked": ERASED,
        "phone_sealed": None,
        "phone_hash": None,
        "phone_masked": ERASED,
        "note": None,
        "mode_fields": None,
        "mode_fields_sealed": None,
    }
    await work.db.execute(update(_CASES).where(_CASES.c.id.in_(cases)).values(gone))
    await erase_files(work, cases)
    await _erase_forms(work, cases)
    for ratings in (_RATINGS, _INTERIM_RATINGS):
        await work.db.execute(update(ratings).where(ratings.c.case_id.in_(cases)).values(comment=None))
    await work.db.execute(
        update(_REQUESTS)
        .where(_REQUESTS.c.case_id.in_(cases))
        .values(value_sealed=None, value_masked=ERASED, reason=ERASED, answer=None)
    )


async def _erase_forms(work: Work, cases: list[Any]) -> None:
    """The shared forms of bundles whose last cases these were; the others still need theirs."""
    other = _MEMBERS.alias("other")
    kept = (
        select(other.c.case_id)
        .join(_CASES, _CASES.c.id == other.c.case_id)
        .where(other.c.application_id == _APPLICATIONS.c.id, _CASES.c.identity_sealed.is_not(None))
    )
    of_these = select(_MEMBERS.c.application_id).where(_MEMBERS.c.case_id.in_(cases))
    over = update(_APPLICATIONS).where(_APPLICATIONS.c.id.in_(of_these), ~kept.exists())
    await work.db.execute(over.values(form=None, form_sealed=None))


async def set_retention(
    work: Work, *, case_days: int | None = None, account_days: int | None = None
) -> Retention:
    """Change the district's periods; what is None stays. Raises Forbidden, ``RetentionOutOfBounds``."""
    work.grants.require(Permission.DISTRICT_CONFIGURE)
    stored = await work.db.scalar(select(ProfileRow.settings).with_for_update()) or {}
    before = retention_of(stored)
    after = checked(case_days=case_days, account_days=account_days, now=before)
    if after != before:
        settings = ProfileRow.settings.op("||", return_type=JSONB())({SETTING: asdict(after)})
        await work.db.execute(update(ProfileRow).values(settings=settings))
        work.record(action=Permission.DISTRICT_CONFIGURE, object="district:retention", details=asdict(after))
        work.announce("registry.changed", "")
    return after
