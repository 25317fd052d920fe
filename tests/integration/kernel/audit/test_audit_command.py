"""``bangban audit``: exit codes a script can rely on, sentences in both languages, JSON for programs."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager

import pytest
from typer.testing import CliRunner

from bangban.cli import audit
from bangban.kernel.tenancy.tenancy import Tenancy


@pytest.fixture
def command(monkeypatch, installation):
    """Runs the command on the test's installation; the language is English unless said otherwise."""

    @asynccontextmanager
    async def opened():
        tenancy = await Tenancy.open(
            installation.application, names=installation.names, ring=installation.ring
        )
        try:
            yield tenancy
        finally:
            await tenancy.close()

    monkeypatch.setattr(audit, "_tenancy", opened)

    def run(*words, language="en_GB.UTF-8"):
        environment = {"LC_ALL": language, "LC_MESSAGES": "", "LANG": ""}
        return CliRunner().invoke(audit.app, [str(word) for word in words], env=environment)

    return run


def spoil(run, trail):
    run(trail.superuser("UPDATE audit_entry SET actor = 'staff:other' WHERE seq = 15"))


def test_a_sound_trail_is_exit_code_0(command, sealed):
    done = command("verify", sealed.district.slug)
    assert done.exit_code == 0, done.output
    assert "3 seals over 30 entries" in done.stdout


def test_any_finding_is_exit_code_1_and_named(command, run, sealed):
    spoil(run, sealed)
    done = command("verify", sealed.district.slug)
    assert done.exit_code == 1
    assert "Seal 2: entries 11–20 were changed" in done.stdout
    chinese = command("verify", sealed.district.slug, language="zh_CN.UTF-8")
    assert "封印 2:序号 11–20" in chinese.stdout


def test_json_is_all_there_is_on_standard_output(command, run, sealed):
    spoil(run, sealed)
    run(sealed.write(2))
    done = command("verify", sealed.district.slug, "--json")
    assert done.exit_code == 1
    (report,) = json.loads(done.stdout)
    assert report["sound"] is False
    assert report["findings"][0] | {"expected": None} == {
        "kind": "CHANGED",
        "seal": 2,
        "firstSeq": 11,
        "lastSeq": 20,
        "expected": None,
        "found": None,
    }
    assert report["unsealed"]["entries"] == 2


def test_every_district_can_be_verified_at_once(command, sealed, new_district):
    other = new_district()
    done = command("verify", "--all", "--json")
    assert {sealed.district.slug, other.slug} <= {each["district"] for each in json.loads(done.stdout)}


def test_sealing_at_once_and_telling_how_much(command, run, trail):
    run(trail.write(7))
    assert "7 not sealed yet" in command("verify", trail.district.slug).stdout
    done = command("seal", trail.district.slug)
    assert done.exit_code == 0
    assert "1 new seals over 7 entries" in done.stdout
    assert run(trail.verify()).tail_entries == 0


def test_a_checkpoint_proves_that_history_was_not_rewritten(command, run, sealed, tmp_path):
    file = tmp_path / "checkpoint.json"
    assert command("checkpoint", sealed.district.slug, "--out", file).exit_code == 0
    assert json.loads(file.read_text())["signature"].count(".") == 2
    kept = command("verify", "--checkpoint", file)
    assert kept.exit_code == 0, kept.output
    assert "history up to seal 3 was not rewritten" in kept.stdout
    run(sealed.superuser("UPDATE audit_entry SET actor = 'staff:x' WHERE seq = 5", "DELETE FROM audit_seal"))
    run(sealed.seal())
    assert command("verify", sealed.district.slug).exit_code == 0
    rewritten = command("verify", sealed.district.slug, "--checkpoint", file)
    assert rewritten.exit_code == 1
    assert "rewritten" in rewritten.stdout


def test_a_checkpoint_is_never_written_over_another(command, sealed, tmp_path):
    file = tmp_path / "checkpoint.json"
    file.write_text("older")
    assert command("checkpoint", sealed.district.slug, "--out", file).exit_code == 1
    assert file.read_text() == "older"


def test_a_forged_checkpoint_is_refused(command, sealed, tmp_path):
    file = tmp_path / "checkpoint.json"
    command("checkpoint", sealed.district.slug, "--out", file)
    file.write_text(file.read_text().replace('"seal": 3', '"seal": 2'))
    done = command("verify", "--checkpoint", file)
    assert done.exit_code == 1
    assert "valid signature" in done.stderr


def test_an_unsigned_checkpoint_has_to_be_asked_for(command, sealed, tmp_path):
    file = tmp_path / "checkpoint.json"
    assert command("checkpoint", sealed.district.slug, "--out", file, "--unsigned").exit_code == 0
    assert command("verify", "--checkpoint", file).exit_code == 1
    assert command("verify", "--checkpoint", file, "--unsigned").exit_code == 0


def test_a_checkpoint_of_a_district_that_is_not_verified_is_refused(command, sealed, new_district, tmp_path):
    file = tmp_path / "checkpoint.json"
    command("checkpoint", sealed.district.slug, "--out", file)
    done = command("verify", new_district().slug, new_district().slug, "--checkpoint", file)
    assert done.exit_code == 1
    assert sealed.district.slug in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["verify", "never-made"], "no such district"),
        (["seal", "never-made"], "no such district"),
        (["checkpoint", "never-made", "--out", "/nonexistent/x"], "no such district"),
    ],
)
def test_an_unknown_district_is_a_sentence(command, words, said):
    done = command(*words)
    assert done.exit_code == 1
    assert said in done.stderr
    assert "Traceback" not in done.output


def test_a_trail_without_a_seal_gives_no_checkpoint(command, trail, tmp_path):
    done = command("checkpoint", trail.district.slug, "--out", tmp_path / "x.json")
    assert done.exit_code == 1
    assert "no seal yet" in done.stderr


def test_an_unwritable_file_is_a_sentence(command, sealed):
    done = command("checkpoint", sealed.district.slug, "--out", "/nonexistent/x.json")
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr


@pytest.mark.parametrize("words", [["verify"], ["verify", "--all", "zouping"]])
def test_what_to_verify_has_to_be_said_once(command, words):
    assert command(*words).exit_code == 2
