"""The store on a server that speaks S3, set up by its address and the environment as an installation does it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.unit.kernel.files.bucket import Bucket, serving

from bangban.kernel.files.sealing import sealed_size
from bangban.kernel.files.store import FileMissing, FileStore
from bangban.kernel.ids import new_id
from bangban.kernel.problems import Unavailable
from bangban.kernel.vault.district import DistrictVault

SLUG = "zouping"
SIZE = 11 * 1024 * 1024 + 17  # three parts


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with serving() as found:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "sample")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sample")
        monkeypatch.setenv("AWS_REGION", "cn-sample-1")
        monkeypatch.setenv("AWS_ENDPOINT", found.url)
        monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
        yield found


@pytest.fixture
def store(bucket: Bucket, tmp_path: Path) -> FileStore:
    return FileStore.open("s3://files/home", folder=tmp_path / "unused")


def test_files_are_kept_read_and_deleted_in_a_bucket(
    store: FileStore, bucket: Bucket, tmp_path: Path
) -> None:
    vault, content = DistrictVault(os.urandom(32)), os.urandom(SIZE)
    file_id, broken = new_id(), new_id()

    async def pieces(*, fails: bool = False) -> AsyncIterator[bytes]:
        for start in range(0, SIZE, 60_000):
            if fails and start > SIZE // 2:
                raise KeyError("gone")
            yield content[start : start + 60_000]

    async def there_and_back() -> None:
        await store.put(SLUG, file_id, pieces(), key_of=vault.file_key)
        (key,) = bucket.objects
        assert key == f"home/{SLUG}/{file_id.hex}"
        assert len(bucket.objects[key]) == sealed_size(SIZE)
        read = [part async for part in store.read(SLUG, file_id, size=SIZE, key_of=vault.file_key)]
        assert b"".join(read) == content
        assert max(map(len, read)) < 100_000  # piece by piece
        with pytest.raises(KeyError):
            await store.put(SLUG, broken, pieces(fails=True), key_of=vault.file_key)
        assert list(bucket.objects) == [key]
        assert bucket.parts == {}

    asyncio.run(there_and_back())
    with store.opened(SLUG, file_id, size=SIZE, key_of=vault.file_key) as file:
        file.seek(SIZE - 1000)
        assert file.read() == content[-1000:]

    async def gone() -> None:
        bucket.objects["home/zouping-2/x"] = b""
        assert await store.delete_all(SLUG) == 1
        assert list(bucket.objects) == ["home/zouping-2/x"]
        await store.delete(SLUG, file_id)
        with pytest.raises(FileMissing):
            async for _ in store.read(SLUG, file_id, size=SIZE, key_of=vault.file_key):
                pass

    asyncio.run(gone())
    assert not (tmp_path / "unused").exists()


def test_a_bucket_that_refuses_is_unavailable(store: FileStore, bucket: Bucket) -> None:
    vault, file_id = DistrictVault(os.urandom(32)), new_id()
    bucket.broken = True

    async def one() -> AsyncIterator[bytes]:
        yield b"x"

    async def refused() -> None:
        with pytest.raises(Unavailable):
            await store.put(SLUG, file_id, one(), key_of=vault.file_key)
        with pytest.raises(Unavailable):
            await store.delete_all(SLUG)
        with pytest.raises(Unavailable):
            await store.delete(SLUG, file_id)

    asyncio.run(refused())
    with pytest.raises(Unavailable):
        store.opened(SLUG, file_id, size=1, key_of=vault.file_key)
