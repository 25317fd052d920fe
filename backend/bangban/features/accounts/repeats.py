"""Session mutations sent again with their Idempotency-Key: the first answer once more (DESIGN 6).

Nobody is signed in yet, so an answer belongs to whom the request is about: a login, a phone, a refresh token.
A stranger who hits on the same key neither sees it nor is in its way. The request is remembered by a keyed
hash, since a plain one of a text with a password or a code in it could be guessed from.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.accounts.desk import Desk, SignedIn
from bangban.kernel.access.principals import Principal
from bangban.kernel.tenancy.answers import Answers, platform_vault
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import PlatformStoredAnswerRow, StoredAnswerRow
from bangban.kernel.vault.district import DistrictVault


class AnsweredBefore(Exception):  # noqa: N818 - not an error: it rolls a repeated request back
    """This very request was answered already."""

    def __init__(self, answer: str) -> None:
        super().__init__()
        self.answer = answer


@dataclass(frozen=True)
class Repeatable:
    """One request with a key. ``subject`` says whom it is about, such as ``login clerk``."""

    desk: Desk
    district: District | None
    subject: str
    key: str
    body_hash: bytes

    async def peek(self) -> None:
        """Raises AnsweredBefore, or IdempotencyConflict where the key went with another request."""
        async with self._opened() as db:
            await self.recall(db)

    async def recall(self, db: AsyncSession) -> None:
        """The same inside a transaction that has waited for whoever came first."""
        found = await self._answers(db).peek(self.key, self._digest)
        if found is not None:
            raise AnsweredBefore(found)

    async def keep(self, db: AsyncSession, result: SignedIn | bool) -> None:
        """Store the answer in the transaction that it belongs to; of two at once the second raises."""
        answers = self._answers(db)
        found = await answers.find(self.key, self._digest)
        if found is not None:
            raise AnsweredBefore(found)
        await answers.keep(self.key, _packed(result))

    async def signed_in(self, answer: str) -> SignedIn:
        """The session of a stored answer, as its owner stands now; raises SessionEnded where it is over."""
        kept, now, desk = json.loads(answer), datetime.now(UTC), self.desk
        claims = desk.verifier.verify(kept["access"], now=now)
        district = desk.tenancy.registry.get(claims.district) if claims.district else None
        return SignedIn(
            access_token=kept["access"],
            refresh_token=kept["refresh"],
            expires_at=datetime.fromisoformat(kept["expires"]),
            principal=await desk.principals.load(district, claims, now=now),
        )

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[AsyncSession]:
        tenancy = self.desk.tenancy
        if self.district is None:
            async with tenancy.platform() as db:
                yield db
        else:
            nobody = Principal.anonymous(district=self.district.slug)
            async with tenancy.write(self.district, nobody) as work:
                yield work.db

    def _answers(self, db: AsyncSession) -> Answers:
        table = PlatformStoredAnswerRow if self.district is None else StoredAnswerRow
        owner = self._vault.lookup_hash(self.subject, purpose="repeated-subject")
        return Answers(db, table, self._vault, f"session:{owner[:16].hex()}", datetime.now(UTC))

    @property
    def _digest(self) -> bytes:
        return self._vault.lookup_hash(self.body_hash.hex(), purpose="repeated-request")

    @property
    def _vault(self) -> DistrictVault:
        tenancy = self.desk.tenancy
        if self.district is None:
            return platform_vault(tenancy.ring)
        return tenancy.vault(self.district)


def _packed(result: SignedIn | bool) -> str:
    if isinstance(result, bool):
        return json.dumps(result)
    return json.dumps(
        {
            "access": result.access_token,
            "refresh": result.refresh_token,
            "expires": result.expires_at.isoformat(),
        }
    )
