"""A district moves: everything of it, its people's data under other keys, its trail still proved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.integration.features.archives.ground import KEY, Side, forged, member, tables_of
from tests.integration.features.cases.casework import World

from bangban.features.accounts.residents import PHONE_CONTEXT, phone_hash
from bangban.features.archives.problems import PassphraseWrong, SlugInUse
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.tenancy.tables import DistrictStatus


@pytest.mark.usefixtures("gone")
def test_a_district_arrives_whole_and_its_archive_there_holds_the_same(
    home: Side, elsewhere: Side, world: World, archive: Path, tmp_path: Path
) -> None:
    slug = world.district.slug
    taken = elsewhere.take_in(archive)
    assert taken.trail.sound
    assert taken.trail.entries == taken.manifest.audit.entries > 5
    assert elsewhere.district(slug).status is DistrictStatus.SUSPENDED
    again = elsewhere.archive(slug, tmp_path / "again.zip")
    assert tables_of(again.file) == tables_of(archive)
    # The trail goes on: what came along, then that it was imported, then this archive.
    before = member(archive, "audit/audit_entry.jsonl").splitlines()
    after = member(again.file, "audit/audit_entry.jsonl").splitlines()
    assert after[: len(before)] == before
    assert [json.loads(line)["action"] for line in after[len(before) :]] == [
        "system:import",
        "system:archive",
    ]
    told = json.loads(after[len(before)])["details"]
    assert told["archive"] == taken.sha256
    assert told["rows"]["cases"] == 2
    assert elsewhere.verify(slug).sound


@pytest.mark.usefixtures("gone")
def test_personal_data_is_sealed_anew_and_found_by_its_new_hash(
    home: Side, elsewhere: Side, world: World, archive: Path
) -> None:
    slug, phone = world.district.slug, sample_phone(1)
    raw = archive.read_bytes() + b"".join(tables_of(archive).values())
    assert phone.encode() not in raw
    assert "样本甲".encode() not in raw
    elsewhere.take_in(archive)
    query = f"SELECT phone_sealed, phone_hash FROM {world.district.schema}.resident ORDER BY id"
    here, there = home.sql(query), elsewhere.sql(query)
    vault = elsewhere.tenancy.vault(elsewhere.district(slug))
    assert [vault.open(row["phone_sealed"], context=PHONE_CONTEXT) for row in there] == [
        home.tenancy.vault(world.district).open(row["phone_sealed"], context=PHONE_CONTEXT) for row in here
    ]
    assert phone_hash(vault, phone) in {row["phone_hash"] for row in there}
    assert not {row["phone_hash"] for row in here} & {row["phone_hash"] for row in there}
    names = elsewhere.sql(f"SELECT DISTINCT applicant_name FROM {world.district.schema}.cases")
    assert [row[0] for row in names] == ["样本甲"]


@pytest.mark.usefixtures("gone")
def test_numbers_go_on_where_they_stopped(home: Side, elsewhere: Side, world: World, archive: Path) -> None:
    elsewhere.take_in(archive)
    for table, column in (("cases", "serial"), ("audit_entry", "seq")):
        last = elsewhere.sql(
            f"SELECT max({column}), nextval(pg_get_serial_sequence($1, $2)) FROM {world.district.schema}.{table}",
            f"{world.district.schema}.{table}",
            column,
        )[0]
        assert last[1] > last[0] > 0


@pytest.mark.usefixtures("gone")
def test_nobody_can_sign_in_with_what_was_taken_along(elsewhere: Side, world: World, archive: Path) -> None:
    manifest = elsewhere.take_in(archive).manifest
    left = {each.table for each in manifest.left_out}
    assert {"credential", "session", "refresh_token", "sign_in_code", "attempt", "stored_answer"} <= left
    assert not left & {table.name for table in manifest.tables}
    for table in left:
        assert elsewhere.sql(f"SELECT count(*) FROM {world.district.schema}.{table}")[0][0] == 0


@pytest.mark.usefixtures("gone")
def test_the_same_snapshot_gives_the_same_bytes(
    home: Side, elsewhere: Side, archive: Path, tmp_path: Path
) -> None:
    elsewhere.take_in(archive)
    slug = json.loads(member(archive, "manifest.json"))["slug"]
    one = elsewhere.archive(slug, tmp_path / "one.zip")
    two = elsewhere.archive(slug, tmp_path / "two.zip")
    assert tables_of(one.file) == tables_of(two.file)
    assert member(one.file, "README.md") == member(two.file, "README.md")


@pytest.mark.usefixtures("gone")
def test_a_second_import_and_a_wrong_passphrase_are_refused(
    elsewhere: Side, world: World, archive: Path
) -> None:
    with pytest.raises(PassphraseWrong):
        elsewhere.take_in(archive, passphrase="河边的柳树发芽了 2025 年")
    assert elsewhere.traces(world.district.slug) == []
    elsewhere.take_in(archive)
    with pytest.raises(SlugInUse):
        elsewhere.take_in(archive)


def test_a_district_comes_back_to_the_place_that_dropped_it(
    elsewhere: Side, world: World, archive: Path, tmp_path: Path
) -> None:
    slug = world.district.slug
    elsewhere.take_in(archive)
    last = elsewhere.archive(slug, tmp_path / "last.zip")
    elsewhere.drop(slug)
    assert elsewhere.traces(slug) == []
    elsewhere.take_in(last.file)
    assert elsewhere.verify(slug).sound
    elsewhere.drop(slug)


def test_a_change_after_the_import_is_found_like_any_other(
    elsewhere: Side, world: World, archive: Path
) -> None:
    slug, schema = world.district.slug, world.district.schema
    elsewhere.take_in(archive)
    elsewhere.seal(slug)
    elsewhere.sql(f"UPDATE {schema}.audit_entry SET actor = 'staff:nobody' WHERE seq = 2")
    assert [each.kind.value for each in elsewhere.verify(slug).findings] == ["CHANGED"]
    elsewhere.sql(f"DELETE FROM {schema}.audit_entry WHERE action = 'system:import'")
    assert [each.kind.value for each in elsewhere.verify(slug).findings] == ["CHANGED", "MISSING"]
    elsewhere.drop(slug)


def test_the_key_of_the_tests_is_not_in_the_archive(archive: Path, tmp_path: Path) -> None:
    copy = forged(archive, tmp_path / "copy.zip")
    assert KEY.secret.hex().encode() not in copy.read_bytes()
    assert set(json.loads(member(copy, "manifest.json"))["lock"]) == {"kdf", "n", "r", "p", "salt", "sealed"}
