"""Codes on papers: whoever holds one can ask whether this district gave it out, and nobody can make one up.

A code is the number that people read, a letter for the kind of paper, and eighty bits of a keyed hash of both, in
letters and digits that are not taken for each other. It says nothing that is not on the paper.
"""

from __future__ import annotations

import base64
import hmac
import re
from typing import Final, NamedTuple
from uuid import UUID

from bangban.kernel.vault.district import DistrictVault

_PROOF_BYTES: Final = 10  # sixteen letters of base32
_CODE: Final = re.compile(r"([A-Z0-9]{1,26}(?:-[0-9]{1,19})?)-([A-Z])-([A-Z2-7]{16})")
_LONGEST: Final = 80  # characters, hyphens and blanks that people add included


class PaperOf(NamedTuple):
    """What a genuine code stands for."""

    number: str
    mark: str


def paper_code(vault: DistrictVault, *, number: str, mark: str) -> str:
    """The code of the paper with this number and letter, as it is printed: in groups of four."""
    proof = _proof(vault, number, mark)
    groups = "-".join(proof[place : place + 4] for place in range(0, len(proof), 4))
    return f"{number}-{mark}-{groups}"


def read_paper_code(vault: DistrictVault, code: str) -> PaperOf | None:
    """What a code stands for, however it was typed; None for one that the district did not make."""
    plain = "".join(code.split()).upper()
    head, proof = plain[:-19], plain[-19:].replace("-", "")
    found = _CODE.fullmatch(f"{head}{proof}") if len(code) <= _LONGEST else None
    if found is None:
        return None
    number, mark, given = found.groups()
    return PaperOf(number, mark) if hmac.compare_digest(_proof(vault, number, mark), given) else None


def number_of(row_id: UUID) -> str:
    """What stands on a paper for something that has no number to read: its id in twenty-six letters and digits."""
    return base64.b32encode(row_id.bytes).decode().rstrip("=")


def id_of(number: str) -> UUID | None:
    """The id again; None for any other number."""
    try:
        return UUID(bytes=base64.b32decode(number + "=" * (-len(number) % 8)))
    except ValueError:
        return None


def _proof(vault: DistrictVault, number: str, mark: str) -> str:
    hashed = vault.lookup_hash(f"{mark} {number}", purpose="paper")
    return base64.b32encode(hashed[:_PROOF_BYTES]).decode()
