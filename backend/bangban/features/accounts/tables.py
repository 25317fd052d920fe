"""Rows of accounts: credentials, residents, sign-in codes, sessions. Only the ``_rw`` role sees secrets."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint, func, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.accounts.values import TokenKind
from bangban.kernel.access.roles import OperatorDuty
from bangban.kernel.database.base import PlatformBase, TenantBase
from bangban.kernel.database.privacy import SECRET, SECRET_DELETABLE, lookup_of, sealed
from bangban.kernel.database.types import EnumText, one_of


class CredentialRow(TenantBase):
    """What a staff account proves itself with: a password, and the one token by which it may be set anew.

    ``password_hash`` is argon2's; null until the first password is set, and after it was taken away. An account
    has one live token at most, so it stands here and not in a table of its own: the newer replaces the older.
    ``former_hash`` is a portal's secret before the last rotation, good until ``former_until``.
    """

    __tablename__ = "credential"
    __table_args__ = (
        one_of("token_kind", TokenKind),
        # A token is all that its bearer shows.
        Index(
            "credential_token_idx",
            "token_hash",
            unique=True,
            postgresql_where=text("token_hash IS NOT NULL"),
        ),
        SECRET,
    )

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"), primary_key=True)
    password_hash: Mapped[str | None] = mapped_column(default=None)
    changed_at: Mapped[datetime | None] = mapped_column(default=None)
    token_hash: Mapped[bytes | None] = mapped_column(default=None)
    token_kind: Mapped[TokenKind | None] = mapped_column(EnumText(TokenKind), default=None)
    token_expires_at: Mapped[datetime | None] = mapped_column(default=None)
    former_hash: Mapped[str | None] = mapped_column(default=None)
    former_until: Mapped[datetime | None] = mapped_column(default=None)


class ResidentRow(TenantBase):
    """A resident or a firm's contact 申请人账户, known by phone. The phone is sealed; its hash finds it."""

    __tablename__ = "resident"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    phone_sealed: Mapped[bytes | None] = mapped_column(info=sealed("resident.phone"))
    phone_hash: Mapped[bytes | None] = mapped_column(unique=True, info=lookup_of("phone_sealed", "phone"))
    phone_masked: Mapped[str]
    created_at: Mapped[datetime]
    language: Mapped[str | None] = mapped_column(default=None)  # of what they are told; null: Chinese
    # Who they are to the installation's Official Account, once they have let it know. Nobody is looked up by it.
    wechat_sealed: Mapped[bytes | None] = mapped_column(default=None, info=sealed("resident.wechat"))
    wechat_since: Mapped[datetime | None] = mapped_column(default=None)


RESIDENT_LANGUAGE: Final = func.coalesce(ResidentRow.language, literal_column("'zh-CN'")).label("language")
"""The language in which a resident is told of things. Accounts from before anybody was asked have none."""


class SignInCodeRow(TenantBase):
    """A one-time code by phone: hashed, expiring, used once, wrong tries counted."""

    __tablename__ = "sign_in_code"
    __table_args__ = (Index("sign_in_code_phone_idx", "phone_hash", "expires_at"), SECRET_DELETABLE)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    phone_hash: Mapped[bytes]
    code_hash: Mapped[bytes]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)
    tries: Mapped[int] = mapped_column(default=0)


class SessionRow(TenantBase):
    """One sign-in: the family of refresh tokens that come from it."""

    __tablename__ = "session"
    __table_args__ = (SECRET_DELETABLE,)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"), default=None)
    resident_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.resident.id"), default=None)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_why: Mapped[str | None] = mapped_column(default=None)


class RefreshTokenRow(TenantBase):
    """A refresh token, hashed. A second use of one ends its whole session."""

    __tablename__ = "refresh_token"
    # A session that is deleted looks for what refers to it, one after another.
    __table_args__ = (Index("refresh_token_session_idx", "session_id"), SECRET_DELETABLE)

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.session.id"))
    issued_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class AttemptRow(TenantBase):
    """One try at something limited (a code, a password, a reveal); the subject is a hash."""

    __tablename__ = "attempt"
    __table_args__ = (Index("attempt_subject_idx", "kind", "subject", "at"), SECRET_DELETABLE)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    kind: Mapped[str]
    subject: Mapped[bytes]
    at: Mapped[datetime]


class OperatorRow(PlatformBase):
    """A platform operator 平台运营人员, who belongs to no district and has one duty 三员分立 (DOMAIN 3.16).

    ``password_hash`` is null until the first password is set with the one-time token of an invitation. An account
    has one live token at most: the newer replaces the older, and only its hash is kept.
    """

    __tablename__ = "operator"
    __table_args__ = (
        one_of("duty", OperatorDuty),
        # A token is all that its bearer shows.
        UniqueConstraint("token_hash", name="operator_token_hash_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None] = mapped_column(default=None)
    active: Mapped[bool] = mapped_column(default=True)
    duty: Mapped[OperatorDuty] = mapped_column(EnumText(OperatorDuty), kw_only=True)
    token_hash: Mapped[bytes | None] = mapped_column(default=None)
    token_expires_at: Mapped[datetime | None] = mapped_column(default=None)


class OperatorSessionRow(PlatformBase):
    """An operator's sign-in."""

    __tablename__ = "operator_session"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    operator_id: Mapped[UUID] = mapped_column(ForeignKey("platform.operator.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_why: Mapped[str | None] = mapped_column(default=None)


class OperatorRefreshTokenRow(PlatformBase):
    """A refresh token of an operator, hashed."""

    __tablename__ = "operator_refresh_token"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("platform.operator_session.id"))
    issued_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class PlatformAttemptRow(PlatformBase):
    """One try at something limited that belongs to no district."""

    __tablename__ = "attempt"
    __table_args__ = (Index("attempt_subject_idx", "kind", "subject", "at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    kind: Mapped[str]
    subject: Mapped[bytes]
    at: Mapped[datetime]
