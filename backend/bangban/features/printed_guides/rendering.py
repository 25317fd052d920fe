"""From a sheet to PDF."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from importlib.resources import files

from bangban.features.printed_guides.leaflets import Sheet
from bangban.kernel.typesetting import typeset


@lru_cache(maxsize=1)
def _template() -> bytes:
    return files("bangban.features.printed_guides").joinpath("guide.typ").read_bytes()


def digest_of(sheet: Sheet) -> str:
    """The same for what is set the same way, and for nothing else."""
    said = json.dumps([sheet.told, sheet.codes], ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(said.encode() + _template(), digest_size=16).hexdigest()


def render(sheet: Sheet) -> bytes:
    """The guide as PDF; the same sheet gives the same bytes. Call it in a thread."""
    squares = {f"qr{place}": code for place, code in enumerate(sheet.codes)}
    return typeset(_template(), sheet.told, squares=squares, at=sheet.at)
