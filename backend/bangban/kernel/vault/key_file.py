"""The master key at rest: a file that only its owner may read, or one line in the environment.

The file is JSON: ``{"version": 1, "current": {"id", "key"}, "previous": [{"id", "key"}, …]}``. The one-line
form is ``bangban1:<key>`` with previous keys after commas; a file may hold that too. Keys are URL-safe
base64.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import fcntl
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bangban.kernel.vault.keyring import KeyRing, MasterKey
from bangban.kernel.vault.problems import (
    KeyFileExists,
    MasterKeyDamaged,
    MasterKeyExposed,
    MasterKeyMissing,
    MasterKeyUnwritable,
)

VERSION = 1
_LINE_PREFIX = "bangban1:"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_MODE = 0o600


def load_ring(*, line: str | None = None, file: Path | None = None) -> KeyRing:
    """The installation's keys: from ``line`` (BANGBAN_MASTER_KEY) where it is set, otherwise from ``file``.

    Raises:
        MasterKeyMissing, MasterKeyDamaged, MasterKeyExposed, MasterKeyUnwritable: Each says what to do.
    """
    if line and line.strip():
        return _parse(line)
    if file is None:
        raise MasterKeyMissing
    return read_file(file)


def read_file(file: Path) -> KeyRing:
    """The keys in ``file``. Raises as ``load_ring``."""
    try:
        with file.open(encoding="utf-8") as opened:
            # Of the open file, not of the name, so that what is checked is what is read.
            mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
            if mode & _OTHERS:
                raise MasterKeyExposed(file=file, mode=f"{mode:04o}")
            text = opened.read()
    except (FileNotFoundError, NotADirectoryError):
        raise MasterKeyMissing(file=file) from None
    except UnicodeDecodeError:
        raise MasterKeyDamaged(file=file) from None
    except OSError as error:
        raise MasterKeyUnwritable(file=file, reason=error.strerror) from error
    return _parse(text, file=file)


def make_file(file: Path) -> KeyRing:
    """A fresh master key in a new ``file`` of mode 600; its folder gets mode 700 where it is missing.

    Raises:
        KeyFileExists: Something is there already; it is left alone.
        MasterKeyUnwritable: The folder or the disk refuses.
    """
    with _alone(file):
        if os.path.lexists(file):  # a dangling link counts: its target may be a disk not yet mounted
            raise KeyFileExists(file=file)
        ring = KeyRing(MasterKey.fresh())
        _write(file, ring)
    return ring


def rotate_file(file: Path) -> KeyRing:
    """A fresh current key in ``file``, the former ones listed as previous. Raises as ``read_file``.

    Wrap every district's data key anew afterwards; until then the previous keys are needed.
    """
    read_file(file)  # says what is wrong before any folder is touched
    with _alone(file):
        ring = read_file(file).rotated()
        _write(file, ring)
    return ring


def retire_previous(file: Path) -> KeyRing:
    """Drops the previous keys from ``file``. Raises as ``read_file``.

    Only once every data key is wrapped under the current key: the caller makes sure. Backups of the
    database from before the rotation need the key file of their own time.
    """
    read_file(file)
    with _alone(file):
        ring = KeyRing(read_file(file).current)
        _write(file, ring)
    return ring


def dump(ring: KeyRing) -> str:
    """The JSON form of ``ring``, secrets included."""
    document = {
        "version": VERSION,
        "current": _entry(ring.current),
        "previous": [_entry(key) for key in ring.previous],
    }
    return json.dumps(document, indent=2) + "\n"


def _entry(key: MasterKey) -> dict[str, str]:
    return {"id": key.id, "key": base64.urlsafe_b64encode(key.secret).decode()}


def _parse(text: str, *, file: Path | None = None) -> KeyRing:
    text = text.strip()
    try:
        if text.startswith(_LINE_PREFIX):
            current, *previous = [_key(part) for part in text.removeprefix(_LINE_PREFIX).split(",")]
            return KeyRing(current, tuple(previous))
        document = json.loads(text)
        if document["version"] != VERSION:
            raise MasterKeyDamaged(file=file)
        return KeyRing(
            _checked(document["current"]), tuple(_checked(entry) for entry in document["previous"])
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        # The cause would carry the text, and with it the key, into a traceback.
        raise MasterKeyDamaged(file=file) from None


def _checked(entry: dict[str, Any]) -> MasterKey:
    key = _key(entry["key"])
    if key.id != entry["id"]:
        raise ValueError("The key does not match its id.")
    return key


def _key(text: str) -> MasterKey:
    raw = text.strip().rstrip("=")
    try:
        secret = base64.b64decode(raw + "=" * (-len(raw) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise ValueError("Not base64.") from None
    return MasterKey(secret)


@contextlib.contextmanager
def _alone(file: Path) -> Iterator[None]:
    """One process at a time changes the file: of two rotations at once, neither loses the other's key."""
    with contextlib.ExitStack() as stack:
        try:
            _make_private_folder(file.parent)
            folder = os.open(file.parent, os.O_RDONLY)
            stack.callback(os.close, folder)
            fcntl.flock(folder, fcntl.LOCK_EX)
        except OSError as error:
            raise MasterKeyUnwritable(file=file, reason=error.strerror) from error
        yield


def _write(file: Path, ring: KeyRing) -> None:
    file = file.resolve()  # a link stays a link; what it points to is replaced
    temporary = file.with_name(f".{file.name}.tmp")
    try:
        temporary.unlink(missing_ok=True)  # of a run that died half-way
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
            with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
                opened.write(dump(ring))
                opened.flush()
                os.fsync(opened.fileno())
            temporary.replace(file)
        finally:
            temporary.unlink(missing_ok=True)
        _sync_folder(file.parent)
    except OSError as error:
        raise MasterKeyUnwritable(file=file, reason=error.strerror) from error


def _make_private_folder(folder: Path) -> None:
    # Folders further up are shared with others (the database server's user, say) and keep the usual mode.
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
