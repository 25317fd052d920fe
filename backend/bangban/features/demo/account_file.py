"""``accounts.json``: who may sign in to the sample districts, and with which password. For its owner only.

Beside it lie stamps of the stored password hashes. An unchanged stamp proves that the password in the file is
the one in force, without the work of verifying it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

_MODE: Final = 0o600
_FOLDER_MODE: Final = 0o700

Key: TypeAlias = tuple[str, str]
"""District (empty for the platform) and login."""


@dataclass(frozen=True, kw_only=True)
class DemoAccount:
    """A sample account. ``level`` and ``area`` (its name) are where the role is held; operators have neither."""

    district: str | None
    login: str
    password: str = field(repr=False)
    role: str
    level: str | None
    area: str | None

    @property
    def key(self) -> Key:
        return self.district or "", self.login


def stamp_of(password_hash: str) -> str:
    """What is kept of a stored hash, to see whether it is still the same."""
    return hashlib.sha256(password_hash.encode()).hexdigest()


class AccountFile:
    """The file and its stamps. What cannot be read counts as absent: it is written anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamps_path = path.with_name(f".{path.stem}.stamps")
        self.passwords: dict[Key, str] = {
            (entry.get("district") or "", entry["login"]): entry["password"]
            for entry in _read(path, [])
            if isinstance(entry, dict) and entry.get("login") and entry.get("password")
        }
        stamps = _read(self._stamps_path, {})
        self._stamps: dict[str, str] = stamps if isinstance(stamps, dict) else {}

    def proves(self, key: Key, password_hash: str | None) -> bool:
        """Whether the file has the password that made this hash, as far as can be told for nothing."""
        return (
            password_hash is not None
            and key in self.passwords
            and self._stamps.get("/".join(key)) == stamp_of(password_hash)
        )

    def write(self, accounts: Sequence[DemoAccount], stamps: Mapping[Key, str]) -> None:
        """Put these accounts in the place of what was there, whole or not at all. Raises ``OSError``."""
        named = {"/".join(key): stamp for key, stamp in stamps.items()}
        entries = [asdict(account) for account in accounts]
        if entries != _read(self._path, None):
            _write(self._path, entries)
        if named != self._stamps:
            _write(self._stamps_path, named)
            self._stamps = named


def _read(path: Path, otherwise: Any) -> Any:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return otherwise
    return found if otherwise is None or isinstance(found, type(otherwise)) else otherwise


def _write(path: Path, content: Any) -> None:
    path.parent.parent.mkdir(parents=True, exist_ok=True)
    path.parent.mkdir(mode=_FOLDER_MODE, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.unlink(missing_ok=True)  # of a run that died half-way
    try:
        # The mode is given with the making: at no moment could anybody else open it.
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            json.dump(content, opened, ensure_ascii=False, indent=2)
            opened.write("\n")
            opened.flush()
            os.fsync(opened.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
