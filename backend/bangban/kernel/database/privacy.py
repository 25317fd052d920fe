"""Marks on tables and columns from which the privileges of a district's three roles are derived.

Everything is readable by ``_ro`` and ``_audit`` and writable but not deletable by ``_rw``, unless marked.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Column


class Privacy(StrEnum):
    """Who may not read a column, beside ``_rw`` which reads all."""

    SEALED = "sealed"  # ciphertext: neither _ro nor _audit
    PERSONAL = "personal"  # identifies a person: not _audit
    SECRET = "secret"  # noqa: S105 - the mark of credential tables, not a secret itself


PERSONAL: Final = {"privacy": Privacy.PERSONAL}


def sealed(context: str) -> dict[str, str]:
    """The mark of a column of sealed text. ``context`` is what each seal is bound to: an archive seals anew."""
    return {"privacy": Privacy.SEALED, "context": context}


def lookup_of(column: str, purpose: str) -> dict[str, str]:
    """The mark of a look-up hash of what ``column`` seals: personal, and made anew under another key."""
    return {"privacy": Privacy.PERSONAL, "of": column, "purpose": purpose}


# Last items of __table_args__, which SQLAlchemy takes as keyword arguments of the table.
SECRET: Final[dict[str, Any]] = {"info": {"privacy": Privacy.SECRET}}
SECRET_DELETABLE: Final[dict[str, Any]] = {"info": {"privacy": Privacy.SECRET, "delete": True}}
DELETABLE: Final[dict[str, Any]] = {"info": {"delete": True}}
APPEND_ONLY: Final[dict[str, Any]] = {"info": {"append_only": True}}


def privacy_of(column: Column[Any]) -> Privacy | None:
    """The mark of a column: its own, or that of its table."""
    return column.table.info.get("privacy") or column.info.get("privacy")


def hidden_from_readers(column: Column[Any]) -> bool:
    """True where ``_ro`` has no SELECT."""
    return privacy_of(column) in (Privacy.SEALED, Privacy.SECRET)


def hidden_from_auditors(column: Column[Any]) -> bool:
    """True where ``_audit`` has no SELECT."""
    return privacy_of(column) is not None
