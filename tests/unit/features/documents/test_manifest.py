"""What portals hand in: files, and the manifests of three build tools."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from bangban.features.documents import manifest
from bangban.features.documents.manifest import read_offered

ONE, TWO = "query One { district { name } }", "query Two {\r\n  district { brand } # 帮办\r\n}\r\n"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def written(path: Path, content: Any) -> Path:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def apollo(*operations: Any, version: int = 1) -> dict[str, Any]:
    return {"format": "apollo-persisted-query-manifest", "version": version, "operations": list(operations)}


def test_a_folder_gives_its_files_to_the_last_byte(tmp_path: Path) -> None:
    written(tmp_path / "b" / "two.gql", TWO)
    written(tmp_path / "one.graphql", ONE)
    written(tmp_path / "README.md", "no document")
    offered, faults = read_offered(tmp_path)
    assert faults == []
    assert {each.sha256.hex(): each.text for each in offered} == {sha(ONE): ONE, sha(TWO): TWO}


@pytest.mark.parametrize(
    "content",
    [
        {sha(ONE): ONE, sha(TWO): TWO},
        {f"sha256:{sha(ONE)}": ONE, sha(TWO).upper(): TWO},
        apollo(
            {"id": sha(ONE), "body": ONE, "name": "One", "type": "query"},
            {"id": sha(TWO), "body": TWO, "name": "Two", "type": "query"},
        ),
    ],
)
def test_manifests_give_the_texts_under_their_hashes(tmp_path: Path, content: Any) -> None:
    offered, faults = read_offered(written(tmp_path / "manifest.json", content))
    assert faults == []
    assert {each.sha256.hex(): each.text for each in offered} == {sha(ONE): ONE, sha(TWO): TWO}


@pytest.mark.parametrize(
    ("content", "place", "word"),
    [
        ({sha(TWO): ONE}, f"#{sha(TWO)}", "not the SHA-256"),
        ({hashlib.md5(ONE.encode(), usedforsecurity=False).hexdigest(): ONE}, "#", "Relay"),
        ({sha(""): ""}, "#", "no text"),
        ({sha(ONE): None}, "#", "no text"),
        (apollo({"id": sha(TWO), "body": ONE, "name": "One"}), "#One", "not the SHA-256"),
        (apollo({"body": ONE}), "#0", "not the SHA-256"),
        (apollo("x"), "#0", "no text"),
        (apollo(version=2), "", "version 1"),
        ({"format": "apollo-persisted-query-manifest", "version": 1}, "", "version 1"),
        ([ONE], "", "manifest is"),
        ("{", "", "neither"),
        ("[" * 100_000, "", "neither"),
        ({}, "", "no documents"),
    ],
)
def test_what_is_wrong_is_named_by_its_place_in_both_languages(
    tmp_path: Path, content: Any, place: str, word: str
) -> None:
    file = written(tmp_path / "manifest.json", content)
    offered, faults = read_offered(file)
    assert offered == []
    (fault,) = faults
    assert fault.place.startswith(f"{file}{place}")
    assert word in fault.en
    assert fault.zh


def test_sound_and_faulty_ones_are_told_apart(tmp_path: Path) -> None:
    offered, faults = read_offered(written(tmp_path / "m.json", {sha(ONE): ONE, "x": TWO}))
    assert [each.text for each in offered] == [ONE]
    assert len(faults) == 1


def test_files_that_cannot_be_read_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gbk.graphql").write_bytes("# 帮办".encode("gbk"))
    for path, word in ((tmp_path / "gbk.graphql", "UTF-8"), (tmp_path / "gone.json", "cannot be read")):
        _, (fault,) = read_offered(path)
        assert word in fault.en
    monkeypatch.setattr(manifest, "MOST_BYTES", 10)
    _, (fault,) = read_offered(written(tmp_path / "one.graphql", ONE))
    assert "too large" in fault.en
    _, (fault,) = read_offered(tmp_path / "nothing")
    assert fault.en
