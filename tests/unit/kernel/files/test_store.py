"""What is kept is what came, sealed for its place; whatever is altered does not open."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import obstore
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangban.kernel.files.sealing import CHUNK, sealed_size
from bangban.kernel.files.store import FileMissing, FileStore
from bangban.kernel.ids import new_id
from bangban.kernel.vault.district import DistrictVault
from bangban.kernel.vault.problems import SealBroken

SLUG = "zouping"


async def pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def read(store: FileStore, file_id: UUID, size: int, vault: DistrictVault, slug: str = SLUG) -> bytes:
    return b"".join([part async for part in store.read(slug, file_id, size=size, key_of=vault.file_key)])


def kept(folder: Path, content: bytes, vault: DistrictVault, piece: int = 10_007) -> tuple[FileStore, UUID]:
    store, file_id = FileStore.open(None, folder=folder), new_id()
    asyncio.run(store.put(SLUG, file_id, pieces(content, piece), key_of=vault.file_key))
    return store, file_id


@pytest.fixture
def vault() -> DistrictVault:
    return DistrictVault(os.urandom(32))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 40 * CHUNK + 17])
def test_a_file_comes_back_as_it_was_whole_and_in_parts(
    size: int, tmp_path: Path, vault: DistrictVault
) -> None:
    content = os.urandom(size)
    store, file_id = kept(tmp_path / "files", content, vault)
    assert asyncio.run(read(store, file_id, size, vault)) == content
    with store.opened(SLUG, file_id, size=size, key_of=vault.file_key) as file:
        assert file.read() == content
        for place in (0, size // 2, size):
            file.seek(place)
            assert file.read(CHUNK + 5) == content[place : place + CHUNK + 5]
        assert file.seek(0, io.SEEK_END) == size
    (found,) = (tmp_path / "files" / SLUG).iterdir()
    assert found.stat().st_size == sealed_size(size)
    assert (tmp_path / "files").stat().st_mode & 0o777 == 0o700
    if size > 64:
        assert content[:64] not in found.read_bytes()


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_whatever_is_altered_does_not_open(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    vault, folder = DistrictVault(os.urandom(32)), tmp_path_factory.mktemp("files")
    size = data.draw(st.sampled_from([1, CHUNK, 2 * CHUNK + 3]))
    store, file_id = kept(folder, os.urandom(size), vault)
    path = folder / SLUG / file_id.hex
    raw = bytearray(path.read_bytes())
    what = data.draw(st.sampled_from(["flip", "cut", "move"]))
    if what == "flip":
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    elif what == "cut":
        size = max(0, size - CHUNK) or size - 1  # as if the row had been told so too
        raw = raw[: sealed_size(size)]
    else:
        file_id = new_id()
        path = folder / SLUG / file_id.hex
    path.write_bytes(raw)
    with pytest.raises(SealBroken):
        asyncio.run(read(store, file_id, size, vault))


def test_chunks_that_changed_places_do_not_open(tmp_path: Path, vault: DistrictVault) -> None:
    size, sealed = 3 * CHUNK, CHUNK + 16
    store, file_id = kept(tmp_path, os.urandom(size), vault)
    path = tmp_path / SLUG / file_id.hex
    raw = path.read_bytes()
    first, second, rest = raw[20 : 20 + sealed], raw[20 + sealed : 20 + 2 * sealed], raw[20 + 2 * sealed :]
    path.write_bytes(raw[:20] + second + first + rest)
    with pytest.raises(SealBroken):
        asyncio.run(read(store, file_id, size, vault))


def test_another_districts_key_does_not_open_it(tmp_path: Path, vault: DistrictVault) -> None:
    store, file_id = kept(tmp_path, b"x", vault)
    with pytest.raises(SealBroken):
        asyncio.run(read(store, file_id, 1, DistrictVault(os.urandom(32))))


def test_nothing_is_kept_of_what_breaks_off(tmp_path: Path, vault: DistrictVault) -> None:
    store = FileStore.open(None, folder=tmp_path)

    async def broken() -> AsyncIterator[bytes]:
        yield os.urandom(200_000)
        raise KeyError("gone")

    async def cancelled() -> None:
        waiting = asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            yield os.urandom(200_000)
            waiting.set()
            await asyncio.Event().wait()

        task = asyncio.create_task(store.put(SLUG, new_id(), slow(), key_of=vault.file_key))
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with pytest.raises(KeyError):
        asyncio.run(store.put(SLUG, new_id(), broken(), key_of=vault.file_key))
    for _ in range(10):  # a store that drops an upload removes its file at some time, which mostly is in time
        asyncio.run(cancelled())
        assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_what_is_cancelled_when_it_is_through_is_not_kept_either(
    tmp_path: Path, vault: DistrictVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, put_async = FileStore.open(None, folder=tmp_path), obstore.put_async

    async def go() -> None:
        read, on = asyncio.Event(), asyncio.Event()

        async def late(at: Any, name: str, source: AsyncIterator[bytes], **_: Any) -> Any:
            content = b"".join([part async for part in source])
            read.set()
            await on.wait()
            return await put_async(at, name, content)

        monkeypatch.setattr(obstore, "put_async", late)
        task = asyncio.create_task(store.put(SLUG, new_id(), pieces(b"x", 1), key_of=vault.file_key))
        await read.wait()
        task.cancel()
        on.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(go())
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_files_are_deleted_one_by_one_or_with_their_district(tmp_path: Path, vault: DistrictVault) -> None:
    store, file_id = kept(tmp_path, b"x", vault)
    asyncio.run(store.put("zouping-2", file_id, pieces(b"y", 1), key_of=vault.file_key))
    asyncio.run(store.put(SLUG, new_id(), pieces(b"z", 1), key_of=vault.file_key))
    asyncio.run(store.delete(SLUG, file_id))
    asyncio.run(store.delete(SLUG, file_id))  # a second time there is nothing to do
    with pytest.raises(FileMissing):
        asyncio.run(read(store, file_id, 1, vault))
    assert asyncio.run(store.delete_all(SLUG)) == 1
    assert asyncio.run(read(store, file_id, 1, vault, "zouping-2")) == b"y"  # whose slug only begins alike
