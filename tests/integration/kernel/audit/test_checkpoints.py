"""What only a checkpoint that somebody kept elsewhere can tell of a trail."""

from __future__ import annotations

from tests.integration.kernel.audit.finding import only

from bangban.kernel.audit.checkpoint import take_checkpoint
from bangban.kernel.audit.findings import FindingKind


async def rewrite(trail):
    """Change history and compute every seal anew, as only the owner of the database can."""
    await trail.superuser(
        "UPDATE audit_entry SET actor = 'staff:innocent' WHERE seq = 5", "DELETE FROM audit_seal"
    )
    await trail.seal(batch=10)


def test_a_rewritten_history_with_new_seals_is_found_by_a_checkpoint_alone(run, sealed):
    async def scene():
        checkpoint = await take_checkpoint(sealed.tenancy, sealed.district)
        assert (await sealed.verify(checkpoint=checkpoint)).sound
        await rewrite(sealed)
        return await sealed.verify(), await sealed.verify(checkpoint=checkpoint)

    without, compared = run(scene())
    assert without.sound
    found = only(compared)
    assert (found.kind, found.seal, found.last_seq) == (FindingKind.REWRITTEN, 3, 30)


def test_a_trail_cut_off_before_the_checkpoint_is_found(run, sealed):
    async def scene():
        checkpoint = await take_checkpoint(sealed.tenancy, sealed.district)
        await sealed.superuser(
            "DELETE FROM audit_entry WHERE seq > 20", "DELETE FROM audit_seal WHERE number = 3"
        )
        return await sealed.verify(), await sealed.verify(checkpoint=checkpoint)

    without, compared = run(scene())
    assert without.sound
    assert only(compared).kind is FindingKind.REWRITTEN


def test_an_emptied_trail_is_found_by_a_checkpoint(run, sealed):
    async def scene():
        checkpoint = await take_checkpoint(sealed.tenancy, sealed.district)
        await sealed.superuser("TRUNCATE audit_entry", "TRUNCATE audit_seal")
        return await sealed.verify(checkpoint=checkpoint)

    assert only(run(scene())).kind is FindingKind.REWRITTEN


def test_a_checkpoint_stays_good_while_the_trail_grows(run, sealed):
    async def scene():
        checkpoint = await take_checkpoint(sealed.tenancy, sealed.district)
        await sealed.write(8)
        await sealed.seal()
        return await sealed.verify(checkpoint=checkpoint)

    report = run(scene())
    assert report.sound
    assert (report.checkpoint, report.seals) == (3, 4)
