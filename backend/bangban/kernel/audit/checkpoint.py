"""Checkpoints: what a trail's last seal was, kept where the database's administrator cannot reach it.

Whoever owns the database can rewrite every entry and compute every seal anew, and the chain will agree with
itself. It will not agree with a checkpoint that was taken before.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from bangban.kernel.audit.ranges import seals_in
from bangban.kernel.audit.trails import Trail, trail_of
from bangban.kernel.problems import Conflict, InvalidInput, Problem
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy

FORMAT: Final = "bangban-audit-checkpoint/1"


class NothingSealed(Conflict):
    """A checkpoint of a trail that has no seal yet."""

    zh = "该审计轨迹尚无封印,请先运行 `bangban audit seal`。"
    en = "This audit trail has no seal yet; run `bangban audit seal` first."


class CheckpointOfAnother(Problem):
    """A checkpoint of a district other than the one that is verified."""

    zh = "该检查点属于另一地区({district})。"
    en = "This checkpoint belongs to another district ({district})."


class CheckpointUnreadable(InvalidInput):
    """A file that is no checkpoint."""

    def __init__(self) -> None:
        super().__init__("This file is not a checkpoint.", "该文件不是检查点。")


class CheckpointForged(InvalidInput):
    """A signature that is missing, or of another installation, or of other contents."""

    def __init__(self) -> None:
        super().__init__(
            "The checkpoint does not carry a valid signature of this installation.",
            "该检查点没有本系统的有效签名。",
        )


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """The last seal of a trail at one time. ``signature`` is a detached JWS (RFC 7515, appendix F)."""

    district: str
    seal: int
    last_seq: int
    digest: bytes
    at: datetime
    signature: str | None = None

    def payload(self) -> bytes:
        """The bytes that are signed: canonical JSON of everything but the signature."""
        return json.dumps(self._facts(), sort_keys=True, separators=(",", ":")).encode()

    def _facts(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "district": self.district,
            "seal": self.seal,
            "lastSeq": self.last_seq,
            "digest": self.digest.hex(),
            "at": self.at.astimezone(UTC).isoformat(),
        }

    def signed(self, key: ECKey) -> Checkpoint:
        """The same with a signature (ES256) of the installation's key."""
        whole = jws.serialize_compact({"alg": "ES256", "kid": key.kid}, self.payload(), key)
        return replace(self, signature=jws.detach_content(whole))

    def signed_by(self, keys: Iterable[ECKey]) -> bool:
        """Whether one of ``keys`` signed exactly this."""
        return self.signature is not None and any(self._fits(key) for key in keys)

    def _fits(self, key: ECKey) -> bool:
        try:
            jws.deserialize_compact(self.signature or "", key, algorithms=["ES256"], payload=self.payload())
        except (JoseError, ValueError):
            return False
        return True

    def text(self) -> str:
        """The file's contents."""
        facts = self._facts()
        if self.signature is not None:
            facts["signature"] = self.signature
        return json.dumps(facts, indent=2) + "\n"


async def take_checkpoint(
    tenancy: Tenancy, district: District, *, key: ECKey | None = None, now: datetime | None = None
) -> Checkpoint:
    """The last seal of a district's trail, signed where a key is given. Raises NothingSealed."""
    return await checkpoint_of(trail_of(tenancy, district), key=key, now=now)


async def checkpoint_of(trail: Trail, *, key: ECKey | None = None, now: datetime | None = None) -> Checkpoint:
    """The trail's last seal, signed where a key is given. Raises NothingSealed."""
    seals = seals_in(await trail.read(trail.ranges.last_seal))
    if not seals:
        raise NothingSealed
    head, digest = seals[0]
    checkpoint = Checkpoint(
        district=trail.name,
        seal=head.number,
        last_seq=head.last_seq,
        digest=digest,
        at=now or datetime.now(UTC),
    )
    return checkpoint if key is None else checkpoint.signed(key)


def read_checkpoint(text: str, *, keys: Iterable[ECKey] | None = None) -> Checkpoint:
    """The checkpoint in a file's contents; where ``keys`` are given, one of them must have signed it.

    Raises CheckpointUnreadable, CheckpointForged.
    """
    try:
        facts = json.loads(text)
        if facts["format"] != FORMAT:
            raise CheckpointUnreadable
        checkpoint = Checkpoint(
            district=str(facts["district"]),
            seal=int(facts["seal"]),
            last_seq=int(facts["lastSeq"]),
            digest=bytes.fromhex(facts["digest"]),
            at=datetime.fromisoformat(facts["at"]),
            signature=facts.get("signature"),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CheckpointUnreadable from None
    if keys is not None and not checkpoint.signed_by(keys):
        raise CheckpointForged
    return checkpoint
