"""Whatever a superuser does to a sealed trail is found and named; a whole rewrite, by a checkpoint alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.integration.kernel.audit.finding import only

from bangban.kernel.audit.canonical import genesis
from bangban.kernel.audit.findings import FindingKind


def test_an_untouched_trail_is_sound(run, sealed):
    report = run(sealed.verify())
    assert report.sound
    assert (report.seals, report.entries, report.tail_entries) == (3, 30, 0)


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'",
        "at = 'infinity'",
        "actor = 'staff:somebody-else'",
        "action = 'case:decline'",
        "object = 'case:other'",
        "area_id = gen_random_uuid()",
        "request_id = NULL",
        "request_id = ''",
        "id = gen_random_uuid()",
        "details = '{}'",
        "details = details || '{\"index\": 4.0}'",
        "actor = actor || action, action = ''",
    ],
)
def test_an_edited_column_is_found(run, sealed, change):
    run(sealed.superuser(f"UPDATE audit_entry SET {change} WHERE seq = 15"))
    found = only(run(sealed.verify()))
    assert (found.kind, found.seal, found.first_seq, found.last_seq) == (FindingKind.CHANGED, 2, 11, 20)


def test_deleted_entries_are_found(run, sealed):
    run(sealed.superuser("DELETE FROM audit_entry WHERE seq IN (21, 30)"))
    found = only(run(sealed.verify()))
    assert (found.kind, found.seal, found.expected, found.found) == (FindingKind.MISSING, 3, 10, 8)


def test_a_whole_emptied_range_is_found(run, sealed):
    run(sealed.superuser("DELETE FROM audit_entry WHERE seq BETWEEN 11 AND 20"))
    found = only(run(sealed.verify()))
    assert (found.kind, found.seal, found.found) == (FindingKind.MISSING, 2, 0)


COPY = (
    "INSERT INTO audit_entry (seq, id, at, actor, action, object, area_id, request_id, details)"
    " OVERRIDING SYSTEM VALUE SELECT {seq}, gen_random_uuid(), at, actor, action, object, area_id,"
    " request_id, details FROM audit_entry WHERE seq = 12"
)


def test_an_entry_put_into_a_gap_of_numbers_is_found(run, trail):
    async def scene():
        await trail.write(2)
        await abandoned(trail)
        await trail.write(10)
        await trail.seal()
        assert (await trail.verify()).sound
        gap = await trail.superuser(
            "SELECT min(a.seq) + 1 FROM audit_entry a WHERE NOT EXISTS"
            " (SELECT FROM audit_entry b WHERE b.seq = a.seq + 1)"
        )
        await trail.superuser(COPY.format(seq=gap))
        return await trail.verify()

    found = only(run(scene()))
    assert (found.kind, found.seal, found.expected, found.found) == (FindingKind.INSERTED, 1, 12, 13)


async def abandoned(trail):
    """A transaction that takes a number and is rolled back."""
    with pytest.raises(InterruptedError):
        async with trail.numbered("case:never"):
            raise InterruptedError


def test_an_entry_put_in_between_two_seals_is_found(run, trail):
    async def scene():
        await trail.write(5)
        await trail.seal()
        await abandoned(trail)
        await trail.write(7)
        await trail.seal()
        await trail.superuser(COPY.format(seq=6))
        return await trail.verify()

    found = only(run(scene()))
    assert (found.kind, found.seal, found.first_seq) == (FindingKind.INSERTED, 2, 6)


def test_an_entry_put_in_before_the_first_is_found(run, sealed):
    run(sealed.superuser(COPY.format(seq=-3)))
    found = only(run(sealed.verify()))
    assert (found.kind, found.seal, found.first_seq, found.found) == (FindingKind.INSERTED, 1, -3, 1)


def test_an_entry_put_in_before_the_first_of_an_unsealed_trail_is_found(run, trail):
    run(trail.write(12))
    run(trail.superuser(COPY.format(seq=0)))
    found = only(run(trail.verify()))
    assert (found.kind, found.first_seq, found.last_seq) == (FindingKind.INSERTED, 0, 0)


def test_an_entry_doubled_after_the_primary_key_is_dropped_is_found(run, expendable):
    run(expendable.superuser("ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_pkey", COPY.format(seq=12)))
    found = only(run(expendable.verify()))
    assert (found.kind, found.seal) == (FindingKind.INSERTED, 2)


SWAP = (
    "UPDATE audit_entry SET seq = 1000 WHERE seq = {a}",
    "UPDATE audit_entry SET seq = {a} WHERE seq = {b}",
    "UPDATE audit_entry SET seq = {b} WHERE seq = 1000",
)


async def swap(trail, a, b):
    # Numbers are GENERATED ALWAYS, which an UPDATE may not give; a superuser drops that as well.
    await trail.superuser(
        "ALTER TABLE audit_entry ALTER seq DROP IDENTITY", *(each.format(a=a, b=b) for each in SWAP)
    )


def test_two_entries_that_changed_places_in_one_seal_are_found(run, expendable):
    run(swap(expendable, 13, 18))
    found = only(run(expendable.verify()))
    assert (found.kind, found.seal, found.first_seq, found.last_seq) == (FindingKind.CHANGED, 2, 11, 20)


def test_two_entries_that_changed_places_across_seals_are_found_in_both(run, expendable):
    run(swap(expendable, 3, 28))
    report = run(expendable.verify())
    assert [(each.kind, each.seal) for each in report.findings] == [
        (FindingKind.CHANGED, 1),
        (FindingKind.CHANGED, 3),
    ]
    assert report.first is report.findings[0]


def test_a_changed_digest_is_laid_at_the_seals_door(run, sealed):
    run(sealed.superuser("UPDATE audit_seal SET digest = sha256(digest) WHERE number = 2"))
    found = only(run(sealed.verify()))
    assert (found.kind, found.seal, found.first_seq, found.last_seq) == (FindingKind.SEAL_CHANGED, 2, 11, 20)


@pytest.mark.parametrize("change", ["sealed_at = sealed_at - interval '1 day'", "digest = ''"])
def test_a_changed_last_seal_is_found(run, sealed, change):
    run(sealed.superuser(f"UPDATE audit_seal SET {change} WHERE number = 3"))
    found = only(run(sealed.verify()))
    assert (found.kind, found.seal) == (FindingKind.CHANGED, 3)


def test_a_changed_count_is_found(run, sealed):
    run(sealed.superuser("UPDATE audit_seal SET entries = 9 WHERE number = 2"))
    assert only(run(sealed.verify())).seal == 2


def test_moved_borders_of_seals_are_found(run, sealed):
    run(sealed.superuser("UPDATE audit_seal SET last_seq = 19 WHERE number = 2"))
    report = run(sealed.verify())
    assert report.first.seal == 2
    assert FindingKind.SEAL_BROKEN in {each.kind for each in report.findings}


def test_a_seal_taken_out_is_found(run, sealed):
    run(sealed.superuser("DELETE FROM audit_seal WHERE number = 2"))
    found = only(run(sealed.verify()))
    assert (found.kind, found.seal, found.found) == (FindingKind.SEAL_MISSING, 2, 1)
    assert (found.first_seq, found.last_seq) == (11, 20)


def test_a_chain_from_another_district_does_not_fit(run, sealed, new_district):
    other = new_district()
    columns = "seq, id, at, actor, action, object, area_id, request_id, details"
    run(
        sealed.superuser(
            f"INSERT INTO {other.schema}.audit_entry ({columns}) OVERRIDING SYSTEM VALUE"
            f" SELECT {columns} FROM audit_entry",
            f"INSERT INTO {other.schema}.audit_seal SELECT * FROM audit_seal",
        )
    )
    transplanted = type(sealed)(sealed.tenancy, sealed.installation, other)
    assert run(transplanted.verify()).first.seal == 1


def test_seals_cut_off_at_the_end_are_found_by_the_age_of_what_they_covered(run, trail):
    now = datetime.now(UTC)

    async def scene():
        for hours in (3, 2, 1):
            await trail.write(10, now=now - timedelta(hours=hours))
            await trail.seal(now=now - timedelta(hours=hours))
        assert (await trail.verify(now=now)).sound
        await trail.superuser("DELETE FROM audit_seal WHERE number >= 2")
        return await trail.verify(now=now)

    report = run(scene())
    found = only(report)
    assert (found.kind, found.first_seq, found.last_seq, found.found) == (FindingKind.UNSEALED, 11, 30, 20)
    assert (report.tail_entries, report.tail_age) == (20, timedelta(hours=2))


def test_a_young_unsealed_tail_is_reported_but_is_no_finding(run, sealed):
    now = datetime.now(UTC)
    run(sealed.write(4, now=now - timedelta(seconds=30)))
    report = run(sealed.verify(now=now))
    assert report.sound
    assert (report.tail_entries, report.tail_age) == (4, timedelta(seconds=30))


def test_every_finding_is_a_sentence_in_both_languages(run, sealed):
    run(sealed.superuser("UPDATE audit_entry SET actor = '' WHERE seq = 15"))
    found = only(run(sealed.verify()))
    assert "Seal 2" in found.sentence("en")
    assert "封印 2" in found.sentence("zh-CN")
    assert genesis("a") != genesis("b")
