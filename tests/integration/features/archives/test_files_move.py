"""What files hold moves with their district: sealed anew, whole, and of nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.integration.features.archives.ground import HELD, Side, forged, member
from tests.integration.features.cases.casework import World
from tests.releases import releases_in
from tests.unit.features.archives.forging import OWNERS, rows_exchanged

from bangban.features.archives.manifest import CONTENTS, INDEX
from bangban.features.archives.problems import ArchiveAltered
from bangban.kernel.files.sealing import CHUNK
from bangban.kernel.files.store import FileMissing, FileStore
from bangban.kernel.problems import Unavailable


@pytest.mark.usefixtures("gone")
def test_what_files_hold_arrives_under_another_key(
    home: Side, elsewhere: Side, world: World, archive: Path, tmp_path: Path
) -> None:
    slug = world.district.slug
    told: list[tuple[str, int, int]] = []

    async def tell(step: str, done: int, total: int) -> None:
        told.append((step, done, total))

    taken = elsewhere.take_in(archive, tell=tell)
    assert sorted(elsewhere.held(slug).values()) == sorted(HELD)
    assert elsewhere.held(slug) == home.held(slug)
    here = {home.folder.joinpath(each).read_bytes() for each in home.objects() if each.startswith(slug)}
    there = {elsewhere.folder.joinpath(each).read_bytes() for each in elsewhere.objects()}
    assert len(there) == len(HELD)
    assert not here & there
    assert (taken.manifest.files, taken.manifest.files_left_out) == (2, 0)
    assert [each for each in told if each[0] in ("check files", "unpack")] == [
        (step, done, 2) for step in ("check files", "unpack") for done in (1, 2)
    ]
    assert not any(content[:12] in archive.read_bytes() for content in HELD)
    again = elsewhere.archive(slug, tmp_path / "again.zip")
    assert member(again.file, CONTENTS) != member(archive, CONTENTS)  # a salt of its own each time
    assert [json.loads(line)["id"] for line in member(again.file, INDEX).splitlines()] == [
        json.loads(line)["id"] for line in member(archive, INDEX).splitlines()
    ]


@pytest.mark.usefixtures("gone")
def test_a_file_that_the_store_lost_is_counted_and_nobody_is_kept_from_leaving(
    home: Side, elsewhere: Side, world: World, tmp_path: Path
) -> None:
    slug, schema = world.district.slug, world.district.schema
    lost, spoilt = home.keep(world, b"lost"), home.keep(world, bytes(3 * CHUNK))
    object_ = home.folder / slug / spoilt.hex
    object_.write_bytes(object_.read_bytes()[:-1] + b"\0")  # its last chunk no longer opens
    home.run(home.files.delete(slug, lost))
    try:
        made = home.archive(slug, tmp_path / "lost.zip")
        assert (made.manifest.files, made.manifest.files_left_out) == (2, 2)
        elsewhere.take_in(made.file)
        assert len(elsewhere.objects()) == len(HELD)
        with pytest.raises(FileMissing):
            elsewhere.held(slug)
    finally:
        home.sql(f"DELETE FROM {schema}.upload WHERE id = ANY($1)", [lost, spoilt])
        home.run(home.files.delete(slug, spoilt))


@pytest.mark.usefixtures("gone")
def test_an_archive_of_an_older_release_is_loaded_as_it_was_and_migrated_then(
    elsewhere: Side, world: World, archive: Path, tmp_path: Path
) -> None:
    slug, schema = world.district.slug, world.district.schema
    with releases_in(tmp_path) as releases:
        head = releases.add(
            'op.add_column("area", sa.Column("more", sa.Text(), nullable=True), schema=schema)\n'
            "op.execute(f'UPDATE \"{schema}\".area SET more = name')"
        )
        taken = elsewhere.take_in(archive)
        assert taken.manifest.revision != head
        rows = elsewhere.sql(f"SELECT name, more FROM {schema}.area")
        assert len(rows) == 5
        assert all(row["more"] == row["name"] for row in rows)
        registered = elsewhere.sql("SELECT revision FROM platform.district WHERE slug = $1", slug)
        assert registered[0][0] == head
        assert sorted(elsewhere.held(slug).values()) == sorted(HELD)
        assert elsewhere.verify(slug).sound


def test_an_archive_of_before_files_had_contents_is_taken_in_without_them(
    elsewhere: Side, world: World, archive: Path, tmp_path: Path
) -> None:
    def of_before(facts: dict[str, Any]) -> None:
        facts.update(attachments=[], filesLeftOut=len(HELD))

    nothing: dict[str, Callable[[bytes], bytes | None]] = {INDEX: lambda _: None, CONTENTS: lambda _: None}
    old = forged(archive, tmp_path / "old.zip", signed=True, manifest=of_before, change=nothing)
    taken = elsewhere.take_in(old)
    assert (taken.manifest.files, taken.manifest.files_left_out) == (0, 2)
    assert elsewhere.objects() == []
    elsewhere.drop(world.district.slug)


def test_a_store_that_fails_half_way_leaves_nothing(
    elsewhere: Side, world: World, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, count = FileStore.put, 0

    async def failing(self: FileStore, *given: Any, **more: Any) -> None:
        nonlocal count
        count += 1
        if count == len(HELD):
            raise Unavailable
        await put(self, *given, **more)

    monkeypatch.setattr(FileStore, "put", failing)
    with pytest.raises(Unavailable):
        elsewhere.take_in(archive)
    assert count == len(HELD)
    assert elsewhere.traces(world.district.slug) == []
    assert elsewhere.objects() == []


@pytest.mark.parametrize("what", ["two files exchanged with their rows", "a kept file less"])
def test_what_is_found_while_files_are_put_leaves_nothing(
    elsewhere: Side, world: World, archive: Path, tmp_path: Path, what: str
) -> None:
    changes = OWNERS[what](member(archive, INDEX), member(archive, CONTENTS))
    if what == "two files exchanged with their rows":
        changes["data/upload.jsonl"] = rows_exchanged
    changed = forged(archive, tmp_path / "changed.zip", change=dict(changes), signed=True)
    with pytest.raises(ArchiveAltered):
        elsewhere.take_in(changed)
    assert elsewhere.traces(world.district.slug) == []
    assert elsewhere.objects() == []
