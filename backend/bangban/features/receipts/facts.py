"""What papers are made of: facts about one case, as they are at that moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from bangban.features.cases.values import (
    CaseOutcome,
    MaterialState,
    NoticeChannel,
    NoticeSigner,
    ResultStanding,
)
from bangban.features.catalog.drafts import MaterialForm
from bangban.features.custody.values import CustodyKind


@dataclass(frozen=True, kw_only=True)
class PaperMaterial:
    """One material of the case, with what the item says of it."""

    code: str
    name: str
    required: bool
    state: MaterialState
    originals: int = 0
    copies: int = 0
    issuer: str | None = None
    form: MaterialForm | None = None


def form_in(kept: str | None) -> MaterialForm | None:
    """The form in which a material is taken, as the catalog keeps it."""
    return None if kept is None else MaterialForm(kept)


@dataclass(frozen=True, kw_only=True)
class PaperPlace:
    """A service point, where something is to be brought."""

    name: str
    address: str | None
    hours: str


@dataclass(frozen=True, kw_only=True)
class PaperNotice:
    """The latest one-time notice; reasons by the material's code. ``issuer`` and ``signed_to`` are staff by name."""

    missing: tuple[str, ...]
    reasons: Mapping[str, str]
    issued_at: datetime
    deadline: date | None
    issuer: str | None = None
    channel: NoticeChannel | None = None
    how: str | None = None
    where: PaperPlace | None = None
    signed_at: datetime | None = None
    signed_by: NoticeSigner | None = None
    signed_to: str | None = None


@dataclass(frozen=True, kw_only=True)
class PaperMove:
    """Papers that went from one hand to another; None is the applicant."""

    at: datetime
    kind: CustodyKind
    code: str
    originals: int
    copies: int
    giver: str | None
    receiver: str | None


@dataclass(frozen=True, kw_only=True)
class PaperBatch:
    """The batch that the case was taken in with; of each case its number, its matter and its applicant, masked."""

    number: str
    point: str
    collector: str
    received_at: datetime
    due_on: date
    cases: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, kw_only=True)
class PaperFacts:
    """All that papers of a case may say. Numbers of people are masked; times are in the district's time zone.

    ``of_visit``: it is about a visit to a hall, of which there is a notice and nothing else; ``number`` is what its
    code begins with, ``phone_masked`` whatever number the visitor gave.
    """

    district: str
    brand: str
    number: str
    item: str
    item_code: str
    unit: str  # which deals with it
    applicant: str
    identity_masked: str
    phone_masked: str
    helper: str
    contact_phone: str | None
    legal_days: int  # working days
    promised_days: int
    fee: Decimal | None
    fee_basis: str | None
    legal_basis: tuple[str, ...]
    result_name: str
    submitted_at: datetime
    accepted_at: datetime | None
    due_on: date | None
    due_provisional: bool
    promised_by: date | None  # of materials that may follow
    completed_at: datetime | None
    outcome: CaseOutcome | None
    opinion: str | None
    result_number: str | None
    decision_basis: str | None
    seal: str | None
    materials: tuple[PaperMaterial, ...]
    notice: PaperNotice | None = None
    counts_from: date | None = None  # where that is before the acceptance
    standing: ResultStanding | None = None  # of a result that was issued with a condition
    held: bool = False  # the result waits for those of other cases
    moves: tuple[PaperMove, ...] = ()
    batch: PaperBatch | None = None
    conditions: str | None = None  # of acceptance, as the catalog has them
    on_a_phone: tuple[str, ...] = ()  # steps, where the catalog knows them
    joint: tuple[str, ...] = ()  # departments that a bundle is dealt with by, the leading one first
    of_visit: bool = False
    code: str = field(default="")
    check_at: str = field(default="")  # what the QR code says
