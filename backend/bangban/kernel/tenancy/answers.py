"""Answers kept for retries: the first answer to a request with an Idempotency-Key (DESIGN 6).

The key is claimed and the answer stored in the request's own transaction, so a retry either finds the answer
or nothing was done. Answers are sealed: they can carry what only the owner of a session may see.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.kernel.problems import IdempotencyConflict, InvalidInput
from bangban.kernel.tenancy.tables import PlatformStoredAnswerRow, StoredAnswerRow
from bangban.kernel.vault.district import DistrictVault
from bangban.kernel.vault.keyring import KeyRing
from bangban.kernel.vault.problems import SealBroken

_LONGEST_KEY = 200
_CONTEXT = "stored-answer"


def checked_key(key: str) -> str:
    """``key`` itself; raises InvalidInput where it is empty, too long or not plain ASCII."""
    if not key or len(key) > _LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise InvalidInput(
            f"An Idempotency-Key is 1 to {_LONGEST_KEY} printable ASCII characters.",
            f"Idempotency-Key 应为 1 至 {_LONGEST_KEY} 个可打印的 ASCII 字符。",
            fields=("Idempotency-Key",),
        )
    return key


@dataclass(frozen=True)
class Answers:
    """The stored answers of one caller, inside one transaction."""

    db: AsyncSession
    table: type[StoredAnswerRow] | type[PlatformStoredAnswerRow]
    vault: DistrictVault
    principal: str
    at: datetime

    async def find(self, key: str, body_hash: bytes) -> str | None:
        """Claim ``key`` for this transaction; or the answer that was already given.

        Of two requests at once the second waits here for the first. Raises IdempotencyConflict where the key
        was used with another body.
        """
        claim = (
            insert(self.table)
            .values(
                principal=self.principal, key=checked_key(key), body_hash=self._keyed(body_hash), at=self.at
            )
            .on_conflict_do_nothing()
            .returning(self.table.key)
        )
        if await self.db.scalar(claim) is not None:
            return None
        return await self.peek(key, body_hash)

    async def peek(self, key: str, body_hash: bytes) -> str | None:
        """The answer that was given, or None; raises IdempotencyConflict as ``find`` does."""
        kept = await self.db.execute(
            select(self.table.body_hash, self.table.answer).where(
                self.table.principal == self.principal, self.table.key == checked_key(key)
            )
        )
        row = kept.one_or_none()
        if row is None:
            return None
        if not compare_digest(row.body_hash, self._keyed(body_hash)) or row.answer is None:
            raise IdempotencyConflict(fields=("Idempotency-Key",))
        try:
            return self.vault.open(row.answer, context=_CONTEXT)
        except SealBroken as foreign:
            # Sealed before the key was rotated: the answer cannot be given again, nor the work done twice.
            raise IdempotencyConflict(fields=("Idempotency-Key",)) from foreign

    def _keyed(self, body_hash: bytes) -> bytes:
        # Bodies hold personal data, and a plain digest of one could be guessed back.
        return self.vault.lookup_hash(body_hash.hex(), purpose="stored-answer.body")

    async def keep(self, key: str, answer: str) -> None:
        """Store the answer beside the key that this transaction claimed."""
        await self.db.execute(
            update(self.table)
            .where(self.table.principal == self.principal, self.table.key == key)
            .values(answer=self.vault.seal(answer, context=_CONTEXT))
        )


def platform_vault(ring: KeyRing) -> DistrictVault:
    """What seals the answers that are kept on the platform's own side."""
    return DistrictVault(ring.derive("platform.answers"))


def platform_answers(db: AsyncSession, ring: KeyRing, owner: str, *, at: datetime) -> Answers:
    """The answers of a caller that are kept on the platform's own side, inside one transaction."""
    return Answers(db, PlatformStoredAnswerRow, platform_vault(ring), owner, at)
