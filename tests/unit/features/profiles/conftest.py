"""A small sound profile (the files in ``sound/``), for tests to break one thing at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bangban.features.profiles.faults import ProfileFault
from bangban.features.profiles.reader import check_profile

TENANTS = Path(__file__).parents[4] / "tenants"

SOUND = Path(__file__).parent / "sound"
FILES = ("district.yaml", "areas.csv", "services.yaml", "people.yaml")

Write = Callable[..., Path]
Reasons = Callable[..., list[str]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the sound profile with (file, old, new) replaced, and gives its folder."""

    def write(*changes: tuple[str, str, str], raw: dict[str, bytes] | None = None) -> Path:
        folder = tmp_path / "sample"
        folder.mkdir(exist_ok=True)
        texts = {file: (SOUND / file).read_text(encoding="utf-8") for file in FILES}
        for file, old, new in changes:
            assert texts[file].count(old) >= 1, f"{old!r} is not in {file}"
            texts[file] = texts[file].replace(old, new, 1)
        for file, text in texts.items():
            (folder / file).write_text(text, encoding="utf-8")
        for file, content in (raw or {}).items():
            (folder / file).write_bytes(content)
        return folder

    return write


@pytest.fixture
def faults(write: Write) -> Reasons:
    """The faults of the changed profile, as ``file:line: severity: reason`` without the folder."""

    def faults(*changes: tuple[str, str, str], raw: dict[str, bytes] | None = None) -> list[str]:
        folder = write(*changes, raw=raw)
        return [_short(fault, folder) for fault in check_profile(folder, template=TENANTS / "template")]

    return faults


def _short(fault: ProfileFault, folder: Path) -> str:
    assert fault.reason_zh
    return str(fault).replace(f"{folder}/", "")
