"""``bangban documents``: all or none, a sentence for each fault, and safe to repeat."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from bangban.cli import documents
from bangban.features.documents import service
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy

Command = Callable[..., Any]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, installation: Installation) -> Command:
    """Runs the command on the test's installation, in English unless said otherwise."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Tenancy]:
        tenancy = await Tenancy.open(
            installation.application, names=installation.names, ring=installation.ring
        )
        try:
            yield tenancy
        finally:
            await tenancy.close()

    monkeypatch.setattr(documents, "open_tenancy", opened)

    def run(*words: object, lang: str = "en") -> Any:
        return CliRunner().invoke(documents.app, [*map(str, words), "--lang", lang])

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two documents that nobody registered yet."""
    for name in ("One", "Two"):
        text = f"# {uuid4().hex}\nquery {name} {{ district {{ name }} }}\n"
        (tmp_path / f"{name}.graphql").write_text(text, "utf-8")
    return tmp_path


def hashes(folder: Path) -> list[str]:
    return [hashlib.sha256(each.read_bytes()).hexdigest() for each in sorted(folder.glob("*.graphql"))]


def test_a_folder_is_registered_listed_and_taken_back(
    command: Command, folder: Path, district: District
) -> None:
    mine = ("--district", district.slug)
    assert "2 registered; 0 were there already." in command("add", folder, *mine).output
    assert "0 registered; 2 were there already." in command("add", folder, *mine).output
    assert "已登记 0 份,原有 2 份。" in command("add", folder, *mine, lang="zh").output
    listed = command("list", *mine).output
    one, two = hashes(folder)
    for digest, name in ((one, "One"), (two, "Two")):
        (line,) = (line for line in listed.splitlines() if digest in line)
        assert name in line
        assert district.slug in line
    assert "1 removed." in command("remove", one[:12], *mine).output
    again = command("remove", one, *mine)
    assert (again.exit_code, "0 documents begin so" in again.output) == (1, True)
    assert one not in command("list", *mine).output
    assert two in command("list", *mine).output


def test_everybodys_are_their_own(command: Command, folder: Path, district: District) -> None:
    assert command("add", folder).exit_code == 0
    one, two = hashes(folder)
    assert one in command("list", "--district", district.slug).output, "trusted there as well"
    assert command("remove", one, "--district", district.slug).exit_code == 1, "not the district's to remove"
    assert command("remove", f"sha256:{one}", two).exit_code == 0
    assert one not in command("list").output


def test_one_faulty_document_keeps_all_of_them_out(
    command: Command, folder: Path, district: District
) -> None:
    faulty = {
        "unknown": ("{ nothing }", "Cannot query field 'nothing'"),
        "broken": ("{", "cannot be parsed"),
        "deep": ("{ " + "district { " * 70 + "name" + " }" * 71, ""),
        "pieces": ("fragment F on District { name }", ""),
    }
    for name, (text, _) in faulty.items():
        (folder / f"{name}.graphql").write_text(text, "utf-8")
    (folder / "twin.graphql").write_text("query A { district { name } }", "utf-8")
    done = command("add", folder, "--district", district.slug)
    assert done.exit_code == 1
    assert "4 faulty; nothing was registered." in done.output
    for name, (_, word) in faulty.items():
        (line,) = (line for line in done.output.splitlines() if f"{name}.graphql: " in line)
        assert word in line
    for name in ("One", "Two", "twin"):
        assert f"{name}.graphql" not in done.output
    assert hashes(folder)[0] not in command("list", "--district", district.slug).output
    chinese = command("add", folder, "--district", district.slug, lang="zh")
    assert "未登记任何文档" in chinese.output
    assert "无法解析" in chinese.output


def test_manifests_of_build_tools_are_read(command: Command, tmp_path: Path, district: District) -> None:
    text = f"query Portal {{ district {{ name }} }} # {uuid4().hex}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    relay, apollo = tmp_path / "relay.json", tmp_path / "apollo.json"
    relay.write_text(json.dumps({digest: text}), "utf-8")
    operations = [{"id": digest, "body": text, "name": "Portal", "type": "query"}]
    apollo.write_text(
        json.dumps({"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations}),
        "utf-8",
    )
    mine = ("--district", district.slug)
    assert "1 registered" in command("add", relay, *mine).output
    assert "1 were there already" in command("add", apollo, *mine).output
    relay.write_text(json.dumps({"0" * 64: text}), "utf-8")
    assert "not the SHA-256" in command("add", relay, *mine).output


def test_a_district_that_is_not_there_and_words_that_are_no_hash(command: Command, folder: Path) -> None:
    unknown = command("add", folder, "--district", "nowhere")
    assert (unknown.exit_code, "no such district" in unknown.output) == (1, True)
    for word in ("short", "%", "' OR 1=1 --"):
        assert command("remove", word).exit_code == 2


def test_there_is_an_end_to_it(
    command: Command, folder: Path, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_DOCUMENTS", 1)
    done = command("add", folder, "--district", district.slug)
    assert (done.exit_code, "may register 1" in done.output) == (1, True)
    assert hashes(folder)[0] not in command("list", "--district", district.slug).output


def test_a_dropped_district_leaves_no_documents_to_the_next_of_its_name(
    command: Command, folder: Path, installation: Installation, new_district: Any, run: Any
) -> None:
    slug = f"d{uuid4().hex[:10]}"
    new_district(slug)
    command("add", folder, "--district", slug)
    run(installation.drop_district(slug))
    new_district(slug)
    assert hashes(folder)[0] not in command("list", "--district", slug).output
