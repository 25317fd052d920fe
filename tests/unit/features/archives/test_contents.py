"""What files hold goes into an archive and out of it as it was, and as nothing else."""

from __future__ import annotations

import asyncio
import hashlib
import json
import zipfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, cast
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.features.archives.forging import OWNERS, STRANGERS, Change, rows_exchanged

from bangban.features.archives.keys import ArchiveKey
from bangban.features.archives.manifest import CONTENTS, FORMAT, INDEX, Kind, Manifest, Proof
from bangban.features.archives.package import MAC, MANIFEST, read_package
from bangban.features.archives.package_writing import written_package
from bangban.features.archives.problems import ArchiveAltered, ArchiveUnreadable
from bangban.features.archives.service.checking import check_package
from bangban.features.archives.service.packing import KeptFiles, Packing
from bangban.features.archives.service.progress import silent
from bangban.features.archives.service.unpacking import Unpacking
from bangban.kernel.files.sealing import CHUNK
from bangban.kernel.files.store import FileStore
from bangban.kernel.ids import new_id
from bangban.kernel.vault.district import DistrictVault

SLUG = "zouping"
KEY = ArchiveKey(bytes(range(32)))
SAID = {
    "two files exchanged": "not the one that its row tells of",
    "two files exchanged with their rows": "does not open in its place",
    "a kept file less": "a kept file is missing",
    "the last file less": "a kept file is missing",
    "a file of nobody": "a file that no case has",
    "a file of nobody before others": "a file that no case has",
    "a changed file": "does not open in its place",
}
SIZES = st.sampled_from([1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK]) | st.integers(1, 5000)


@dataclass
class Side:
    """A district's files and the rows that tell of them."""

    folder: Path
    vault: DistrictVault = field(default_factory=lambda: DistrictVault(hashlib.sha256(b"here").digest()))
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def store(self) -> FileStore:
        return FileStore.open(None, folder=self.folder)

    async def keep(self, content: bytes) -> None:
        async def parts() -> AsyncIterator[bytes]:
            yield content

        row = {"id": new_id(), "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        await self.store.put(SLUG, row["id"], parts(), key_of=self.vault.file_key)
        self.rows.append(row)

    async def held(self) -> dict[UUID, bytes]:
        found = {}
        for row in self.rows:
            parts = self.store.read(SLUG, row["id"], size=row["size"], key_of=self.vault.file_key)
            found[row["id"]] = b"".join([part async for part in parts])
        return found


class Driver:
    """As much of a connection as gives the rows of kept files."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._rows = rows

    async def cursor(self, _sql: str, *, prefetch: int) -> AsyncIterator[Mapping[str, Any]]:
        assert prefetch
        for row in self._rows:
            yield row

    async def fetchval(self, _sql: str) -> int:
        return len(self._rows)


async def packed(side: Side, file: Path) -> Path:
    """An archive with nothing but files."""
    with closing(KeptFiles()) as kept:
        for row in side.rows:
            kept.add(row["id"], row["size"], row["sha256"])
        async with written_package(file) as package:
            packing = Packing(files=side.store, slug=SLUG, vault=side.vault, key=KEY, tell=silent)
            attachments, lost = await packing.pack(package, kept)
            manifest = Manifest(
                format=FORMAT,
                kind=Kind.ARCHIVE,
                product="0",
                installation="test",
                slug=SLUG,
                district={},
                revision="0001",
                takenAt=datetime(2026, 6, 8, tzinfo=UTC),
                tables=(),
                leftOut=(),
                filesLeftOut=lost,
                attachments=attachments,
                audit=Proof(entries=0, seals=0, checkpoint=None),
            )
            package.finish(manifest.text(), KEY.mac(manifest.text()))
    return file


async def unpacked(file: Path, rows: Sequence[Mapping[str, Any]], there: Side) -> None:
    """Check an archive, and put what it holds."""
    with read_package(file) as package:
        await check_package(package, KEY)
        await Unpacking(
            package=package,
            files=there.store,
            driver=cast("asyncpg.Connection", Driver(rows)),
            schema=SLUG,
            key=KEY,
            vault=there.vault,
            tell=silent,
        ).put()


def changed(file: Path, to: Path, changes: Mapping[str, Change], *, signed: bool) -> Path:
    """A changed copy; ``signed`` by somebody with the key, who makes the manifest agree."""
    with zipfile.ZipFile(file) as package:
        contents: dict[str, bytes | None] = {name: package.read(name) for name in package.namelist()}
    for name, how in changes.items():
        contents[name] = how(contents.get(name) or b"")
    if signed:
        facts = json.loads(contents[MANIFEST] or b"")
        index = contents[INDEX] or b""
        facts["attachments"]["bytes"] = len(contents[CONTENTS] or b"")
        facts["attachments"]["index"] |= {
            "rows": index.count(b"\n"),
            "bytes": len(index),
            "sha256": hashlib.sha256(index).hexdigest(),
        }
        contents[MANIFEST] = json.dumps(facts).encode()
        contents[MAC] = KEY.mac(contents[MANIFEST] or b"").encode()
    with zipfile.ZipFile(to, "w") as package:
        for name, raw in contents.items():
            if raw is not None:
                package.writestr(name, raw)
    return to


def other(folder: Path) -> Side:
    return Side(folder, vault=DistrictVault(hashlib.sha256(b"there").digest()))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Side:
    side = Side(tmp_path_factory.mktemp("here"))
    for content in (b"%PDF-1.7 one", bytes(range(256)) * 600):
        asyncio.run(side.keep(content))
    return side


@pytest.fixture(scope="module")
def archive(here: Side, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return asyncio.run(packed(here, tmp_path_factory.mktemp("archives") / "archive.zip"))


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(SIZES, max_size=5), seed=st.integers(0, 2**32))
def test_whatever_files_hold_arrives(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], seed: int
) -> None:
    folder = tmp_path_factory.mktemp("any")
    random = Random(seed)
    side, there = Side(folder / "here"), other(folder / "there")

    async def moved() -> None:
        for size in sizes:
            await side.keep(random.randbytes(size))
        file = await packed(side, folder / "any.zip")
        await unpacked(file, side.rows, there)
        there.rows = side.rows
        assert await there.held() == await side.held()

    asyncio.run(moved())


@pytest.mark.parametrize("what", OWNERS)
def test_what_the_owner_of_the_key_changed_is_refused(
    here: Side, archive: Path, tmp_path: Path, what: str
) -> None:
    with zipfile.ZipFile(archive) as package:
        changes = OWNERS[what](package.read(INDEX), package.read(CONTENTS))
    rows = here.rows
    if what == "two files exchanged with their rows":
        told = [{**row, "id": str(row["id"])} for row in rows]
        raw = rows_exchanged("\n".join(map(json.dumps, told)).encode())
        rows = [{**row, "id": UUID(row["id"])} for row in map(json.loads, raw.splitlines())]
    file = changed(archive, tmp_path / "changed.zip", changes, signed=True)
    with pytest.raises(ArchiveAltered) as refused:
        asyncio.run(unpacked(file, rows, other(tmp_path / "there")))
    assert SAID.get(what, "") in refused.value.message("en")


@pytest.mark.parametrize("what", STRANGERS)
def test_what_a_stranger_changed_is_refused(archive: Path, tmp_path: Path, what: str) -> None:
    """Before anything is made of it: whoever only checks an archive finds it out."""
    file = changed(archive, tmp_path / "changed.zip", STRANGERS[what], signed=False)

    async def checked() -> None:
        with read_package(file) as package:
            await check_package(package, KEY)

    with pytest.raises(ArchiveAltered):
        asyncio.run(checked())


def test_a_manifest_that_puts_contents_elsewhere_is_refused(
    here: Side, archive: Path, tmp_path: Path
) -> None:
    astray: dict[str, Change] = {
        MANIFEST: lambda raw: raw.replace(CONTENTS.encode(), b"../../etc/passwd"),
    }
    file = changed(archive, tmp_path / "changed.zip", astray, signed=False)
    with pytest.raises(ArchiveUnreadable):
        asyncio.run(unpacked(file, here.rows, other(tmp_path / "there")))


def test_rows_of_kept_files_without_contents_are_refused(here: Side, tmp_path: Path) -> None:
    file = asyncio.run(packed(Side(here.folder), tmp_path / "empty.zip"))
    with pytest.raises(ArchiveAltered):
        asyncio.run(unpacked(file, here.rows, other(tmp_path / "there")))
