"""Verifying a trail: every seal is computed again from the entries that are there now.

Reads as the district's ``_audit`` role, in ranges, and holds a page of entries at a time. A fault in one seal
does not hide a later one: each is computed from the digest that its predecessor has in the database.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from bangban.kernel.audit.canonical import (
    SealDigest,
    SealHead,
    canonical,
    from_microseconds,
    genesis,
)
from bangban.kernel.audit.checkpoint import Checkpoint, CheckpointOfAnother
from bangban.kernel.audit.findings import Finding, FindingKind, Report
from bangban.kernel.audit.ranges import Seal, tail_in
from bangban.kernel.audit.trail_pages import Fetch, SealedEntries, TrailPages

STALE_AFTER: Final = timedelta(minutes=10)
"""Entries are sealed within seconds. Unsealed ones this old are a finding."""


Progress = Callable[[int, int], None]
"""Told how many entry numbers are behind, and how many there are in all."""


async def verify_trail(
    fetch: Fetch,
    *,
    slug: str,
    schema: str,
    checkpoint: Checkpoint | None = None,
    stale_after: timedelta | None = STALE_AFTER,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> Report:
    """Compute every seal again, over whatever ``fetch`` reads, and say what does not agree.

    That may be a transaction that is not committed yet. ``stale_after`` None: however old an unsealed entry is, it is
    no finding. Raises CheckpointOfAnother where ``checkpoint`` is another trail's; whether its signature is good is
    ``checkpoint.read_checkpoint``'s business.
    """
    if checkpoint is not None and checkpoint.district != slug:
        raise CheckpointOfAnother(district=checkpoint.district)
    checked_at = now or datetime.now(UTC)
    source = TrailPages(fetch, schema)
    last = await source.last_seal()
    walk = _Walk(genesis(slug), SealedEntries(source, last.head.last_seq if last else 0))
    async for seal in source.seals(upto=last.head.number if last else 0):
        await walk.visit(seal)
        if checkpoint is not None and checkpoint.seal == seal.head.number:
            walk.compare(seal, checkpoint)
        if progress is not None and last is not None:
            progress(max(seal.head.last_seq, 0), last.head.last_seq)
    await walk.finish()
    if checkpoint is not None and not walk.compared:
        walk.note(FindingKind.REWRITTEN, checkpoint.seal, 1, checkpoint.last_seq)
    last = await source.last_seal()  # anew: it may have moved on meanwhile, and the tail with it
    tail = tail_in(await source.one(source.ranges.tail, last.head.last_seq if last else 0))
    oldest = None if tail.oldest is None else from_microseconds(tail.oldest)
    if oldest is not None and stale_after is not None and checked_at - oldest > stale_after:
        minutes = int(stale_after.total_seconds() // 60)
        walk.note(
            FindingKind.UNSEALED, None, tail.first_seq, tail.last_seq, found=tail.entries, minutes=minutes
        )
    return Report(
        district=slug,
        checked_at=checked_at,
        seals=walk.seals,
        entries=walk.count,
        findings=tuple(walk.findings),
        tail_entries=tail.entries,
        tail_oldest=oldest,
        checkpoint=checkpoint.seal if checkpoint is not None else None,
    )


class _Walk:
    """The state of going from seal to seal."""

    def __init__(self, start: bytes, entries: SealedEntries) -> None:
        self.findings: list[Finding] = []
        self.seals = self.count = 0
        self.compared = False
        self._entries = entries
        self._number = self._last_seq = 0
        # What the next seal may be chained to: the stored digest of the one before it, and, where that one
        # did not agree, the digest that it should have had. None where the one before is missing.
        self._before: list[bytes] | None = [start]

    def note(
        self,
        kind: FindingKind,
        seal: int | None,
        first: int | None,
        last: int | None,
        *,
        expected: int | None = None,
        found: int | None = None,
        minutes: int | None = None,
    ) -> None:
        self.findings.append(
            Finding(
                kind=kind,
                seal=seal,
                first_seq=first,
                last_seq=last,
                expected=expected,
                found=found,
                minutes=minutes,
            )
        )

    async def visit(self, seal: Seal) -> None:
        """Compare one seal with the entries in its range."""
        head = seal.head
        self.seals += 1
        await self._join(head)
        digests = [SealDigest(before, head) for before in self._before or ()]
        found = 0
        async for piece in self._entries.upto(head.last_seq):
            found += len(piece)
            raw = [canonical(entry) for entry in piece]
            for digest in digests:
                digest.feed(raw)
        self.count += found
        computed = [digest.digest() for digest in digests]
        if found != head.entries:
            kind = FindingKind.MISSING if found < head.entries else FindingKind.INSERTED
            self.note(kind, head.number, head.first_seq, head.last_seq, expected=head.entries, found=found)
        elif len(computed) == 2 and computed[1] == seal.digest:
            # Agrees with what the seal before should have been: it was that seal's digest that was changed.
            self._blame_seal_before()
        elif computed and seal.digest != computed[0]:
            self.note(FindingKind.CHANGED, head.number, head.first_seq, head.last_seq)
        self._before = [seal.digest, *(each for each in computed[:1] if each != seal.digest)]
        self._number, self._last_seq = head.number, head.last_seq

    async def _join(self, head: SealHead) -> None:
        """Look at what lies between the seal before and this one."""
        first, last = self._last_seq + 1, head.first_seq - 1
        strays, lowest = await self._pass_over(last)
        if head.number > self._number + 1:
            gone = head.number - self._number - 1
            self.note(FindingKind.SEAL_MISSING, self._number + 1, first, last, found=gone)
            self._before = None
        elif head.number <= self._number or head.first_seq != first or head.last_seq < head.first_seq:
            self.note(FindingKind.SEAL_BROKEN, head.number, head.first_seq, head.last_seq)
        elif strays:  # numbers below the first that is ever given
            self.note(FindingKind.INSERTED, head.number, lowest, last, expected=0, found=strays)

    async def _pass_over(self, last: int) -> tuple[int, int]:
        """How many entries up to ``last`` no seal covers, and the lowest number among them."""
        strays, lowest = 0, last
        async for piece in self._entries.upto(last):
            strays, lowest = strays + len(piece), min(lowest, piece[0].seq)
        self.count += strays
        return strays, lowest

    def _blame_seal_before(self) -> None:
        for index, finding in enumerate(self.findings):
            if finding.seal == self._number and finding.kind is FindingKind.CHANGED:
                self.findings[index] = Finding(
                    kind=FindingKind.SEAL_CHANGED,
                    seal=finding.seal,
                    first_seq=finding.first_seq,
                    last_seq=finding.last_seq,
                )

    def compare(self, seal: Seal, checkpoint: Checkpoint) -> None:
        """Compare a seal with what was exported of it."""
        self.compared = True
        if seal.digest != checkpoint.digest or seal.head.last_seq != checkpoint.last_seq:
            self.note(FindingKind.REWRITTEN, checkpoint.seal, 1, checkpoint.last_seq)

    async def finish(self) -> None:
        """Look below the first number where there was no seal to do so with."""
        strays, lowest = await self._pass_over(0)
        if strays:
            self.note(FindingKind.INSERTED, 1, lowest, 0, expected=0, found=strays)
