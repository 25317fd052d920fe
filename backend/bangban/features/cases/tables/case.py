"""The row of a case 办件."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.cases.values import CaseOutcome, CaseState, HelpKind, HelpMode, ResultStanding
from bangban.features.catalog.values import Audience, Channel
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import PERSONAL, lookup_of, sealed
from bangban.kernel.database.types import EnumText, EnumTextArray, all_of, one_of

# lpad cuts off what is longer, so that the millionth case would be given the number of an earlier one.
_NUMBER = "stem || '-' || lpad(serial::text, greatest(6, length(serial::text)), '0')"
# Cases without a due day come after all others.
_DUE = text("coalesce(due_ordinal, 2147483647)")
_PASSED_ON = text("first_asked_id <> holder_id")
_LED = text("guidance_id IS NOT NULL")
_LETTERS = text("string_to_array(lower(applicant_name), NULL)")


class CaseRow(TenantBase):
    """One matter of one applicant, from application to archive.

    ``number`` is what people read; ``stem`` is the district's prefix and the day, ``serial`` an identity,
    so numbers are unique without a lock that applications would queue for. Days are kept as ordinals of
    the district's working calendar, so lights and filters are integer arithmetic.
    """

    __tablename__ = "cases"
    __table_args__ = (
        one_of("state", CaseState),
        one_of("suspended_from", CaseState),
        one_of("outcome", CaseOutcome),
        one_of("result_standing", ResultStanding),
        one_of("help", HelpKind),
        all_of("modes", HelpMode),
        one_of("channel", Channel),
        one_of("applicant_kind", Audience),
        CheckConstraint("papers_out >= 0 AND trips >= 0", name="counts"),
        CheckConstraint("(state = 'SUSPENDED') = (suspended_ordinal IS NOT NULL)", name="suspended_clock"),
        # The whole district's lists: as they come, by due day, and the same within a state.
        Index("cases_submitted_idx", "submitted_at", "id"),
        Index("cases_due_idx", _DUE, "id"),
        Index("cases_state_idx", "state", "submitted_at", "id"),
        Index("cases_state_due_idx", "state", _DUE, "id"),
        # An area's, a holder's and a first-asked person's, state by state. What is included lets pages be chosen
        # and rows be counted without a look at the rows.
        Index("cases_area_idx", "area_id", "state", "submitted_at", "id"),
        Index("cases_area_due_idx", "area_id", "state", _DUE, "id", postgresql_include=["due_ordinal"]),
        Index("cases_holder_idx", "holder_id", "state", "submitted_at", "id", postgresql_include=["area_id"]),
        Index("cases_holder_due_idx", "holder_id", "state", _DUE, "id", postgresql_include=["due_ordinal"]),
        # Few cases are with anybody but whom they were first asked of.
        Index(
            "cases_first_asked_idx",
            "first_asked_id",
            "state",
            "submitted_at",
            "id",
            postgresql_include=["area_id", "holder_id"],
            postgresql_where=_PASSED_ON,
        ),
        Index(
            "cases_first_asked_due_idx",
            "first_asked_id",
            "state",
            _DUE,
            "id",
            postgresql_include=["due_ordinal"],
            postgresql_where=_PASSED_ON,
        ),
        Index("cases_service_idx", "service_item_id", "state", "submitted_at", "id"),
        Index("cases_resident_idx", "resident_id", "submitted_at", "id"),
        Index("cases_guidance_idx", "guidance_id", postgresql_where=_LED),
        Index("cases_identity_idx", "identity_hash"),
        Index("cases_phone_idx", "phone_hash"),
        # Of few days, which is what is counted.
        Index("cases_completed_idx", "completed_at", postgresql_where="completed_at IS NOT NULL"),
        # By single letters: most names have two or three characters, and trigrams find nothing inside those.
        Index("cases_letters_idx", _LETTERS, postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    serial: Mapped[int] = mapped_column(BigInteger, Identity(always=True), init=False)
    stem: Mapped[str]
    number: Mapped[str] = mapped_column(
        Text(collation="C"),
        Computed(_NUMBER, persisted=True),
        unique=True,
        init=False,
    )
    state: Mapped[CaseState] = mapped_column(EnumText(CaseState))
    service_item_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.service_item.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.area.id"))
    applicant_kind: Mapped[Audience] = mapped_column(EnumText(Audience))
    applicant_name: Mapped[str] = mapped_column(info=PERSONAL)
    applicant_name_masked: Mapped[str]
    # Empty once the retention period is over.
    identity_sealed: Mapped[bytes | None] = mapped_column(info=sealed("case.identity"))
    identity_hash: Mapped[bytes | None] = mapped_column(info=lookup_of("identity_sealed", "identity"))
    identity_masked: Mapped[str]
    phone_sealed: Mapped[bytes | None] = mapped_column(info=sealed("case.phone"))
    phone_hash: Mapped[bytes | None] = mapped_column(info=lookup_of("phone_sealed", "phone"))
    phone_masked: Mapped[str]
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.resident.id"))
    help: Mapped[HelpKind] = mapped_column(EnumText(HelpKind))
    modes: Mapped[list[HelpMode]] = mapped_column(EnumTextArray(HelpMode))
    channel: Mapped[Channel] = mapped_column(EnumText(Channel))
    holder_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    first_asked_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    submitted_at: Mapped[datetime]
    note: Mapped[str | None] = mapped_column(default=None, info=PERSONAL)
    promised_days: Mapped[int]
    # When the office accepted it, also where the law counts it as accepted from an earlier day.
    accepted_at: Mapped[datetime | None] = mapped_column(default=None)
    accepted_ordinal: Mapped[int | None] = mapped_column(default=None)
    due_ordinal: Mapped[int | None] = mapped_column(default=None)
    due_on: Mapped[date | None] = mapped_column(default=None)
    due_provisional: Mapped[bool] = mapped_column(default=False)
    paused_days: Mapped[int] = mapped_column(default=0)
    suspended_ordinal: Mapped[int | None] = mapped_column(default=None)
    stopped_used: Mapped[int | None] = mapped_column(default=None)  # working days used when the clock stopped
    suspended_from: Mapped[CaseState | None] = mapped_column(EnumText(CaseState), default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)  # declined, withdrawn, terminated
    completed_at: Mapped[datetime | None] = mapped_column(default=None)
    completed_ordinal: Mapped[int | None] = mapped_column(default=None)
    outcome: Mapped[CaseOutcome | None] = mapped_column(EnumText(CaseOutcome), default=None)
    opinion: Mapped[str | None] = mapped_column(default=None)
    result_number: Mapped[str | None] = mapped_column(default=None)
    decision_basis: Mapped[str | None] = mapped_column(default=None)
    # Originals and copies in people's hands, kept by custody with its entries; none where nothing was ever taken.
    papers_out: Mapped[int | None] = mapped_column(default=None)
    # How often the applicant came (DOMAIN A09); null where nobody counted.
    trips: Mapped[int | None] = mapped_column(default=None)
    # What the chosen modes ask for: mode, key and masked value of each, and the same in the clear.
    mode_fields: Mapped[list[dict[str, str]] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    mode_fields_sealed: Mapped[bytes | None] = mapped_column(info=sealed("case.mode_fields"), default=None)
    next_acknowledged_at: Mapped[datetime | None] = mapped_column(default=None)
    # Its result is given to the applicant together with those of other cases, once all are decided; else empty.
    result_held: Mapped[bool | None] = mapped_column(default=None)
    # Where it was begun because questions led there (DOMAIN E04): which version, and which end, not how it was reached.
    guidance_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.guidance.id"), default=None)
    guidance_end: Mapped[str | None] = mapped_column(default=None)
    # Of a case that is tracked (DOMAIN C03): the day on which its applicant hears of it next, while it is open.
    check_in_due_on: Mapped[date | None] = mapped_column(default=None)
    # Of a result that was issued before promised materials were there (DOMAIN D10); else empty.
    result_standing: Mapped[ResultStanding | None] = mapped_column(EnumText(ResultStanding), default=None)
    # The day of receipt, where nobody answered in time and so the clock counts from it (行政许可法 Art. 32).
    counts_from: Mapped[date | None] = mapped_column(default=None)
