"""Root's data folders outside of closed ones: where the cluster lies that an unprivileged server must reach.

Such a place is named after the folder that it stands for and carries a mark that only the folder's record
knows, so neither another folder's data nor anything planted under that name is ever taken for its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bangban.kernel.database.embedded_install import is_roots_own, outside_base
from bangban.kernel.database.embedded_server import Postmaster

TEMPORARY = ("/tmp", "/var/tmp")  # noqa: S108 - compared with, never written to


def find(folder: Path, *, mark: str, bases: Sequence[Path]) -> Path:
    """The place that stands for ``folder``; where none has its mark, a name under which nothing exists."""
    for base in bases:
        place = base / _name(folder)
        try:
            if is_roots_own(base) and is_roots_own(place) and _read(place).get("mark") == mark:
                return place
        except OSError:
            continue
    return bases[0] / f"{_name(folder)}.missing"


def make(folder: Path, *, mark: str, bases: Sequence[Path]) -> Path:
    """The place for ``folder``, made if need be.

    What a deleted folder of the same name left there is kept once, as ``.old``, and not taken for ours.
    """
    place = outside_base(bases, folder=folder) / _name(folder)
    if place.exists() and _read(place).get("mark") != mark:
        old = place.with_name(f"{place.name}.old")
        if old.exists():
            shutil.rmtree(old)
        place.rename(old)
    if not place.exists():
        place.mkdir()
        place.chmod(0o711)
        (place / "for.json").write_text(json.dumps({"folder": str(folder), "mark": mark}))
    return place


def sweep(bases: Sequence[Path]) -> None:
    """Delete what stands for temporary folders that are gone; others may only be unmounted or moved."""
    roots = [Path(root).resolve() for root in (tempfile.gettempdir(), *TEMPORARY)]
    for place in (place for base in bases if base.is_dir() for place in base.iterdir()):
        folder = Path(_read(place).get("folder", "/"))
        gone = not folder.exists() and any(folder.is_relative_to(root) for root in roots)
        if gone and Postmaster.find(place / "cluster") is None:
            shutil.rmtree(place, ignore_errors=True)


def _name(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]


def _read(place: Path) -> dict[str, str]:
    """What ``for.json`` says; nothing where it is missing or was cut short."""
    try:
        said = json.loads((place / "for.json").read_text())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
