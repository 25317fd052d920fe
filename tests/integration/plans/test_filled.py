"""What the measurements fill a district with is what casework itself would have left there."""

from __future__ import annotations

from typing import Any

from benchmarks.data.filling import filling_of
from tests.integration.plans.conftest import Filled, Run

from bangban.features.cases.service.applicant import IDENTITY_CONTEXT, PHONE_CONTEXT
from bangban.kernel.clock.case_clock import start_clock
from bangban.kernel.identifiers import mask_identity, mask_phone
from bangban.kernel.identifiers.samples import SAMPLE_MOBILE_PREFIX, SAMPLE_REGION
from bangban.kernel.tenancy.names import quoted

# Every foreign key of the schema, as the condition that none of its rows points at nothing.
FOREIGN_KEYS = """
SELECT format('SELECT %L, count(*) FROM %s c LEFT JOIN %s p ON c.%I = p.%I WHERE c.%I IS NOT NULL AND p.%I IS NULL',
              k.conname, k.conrelid::regclass, k.confrelid::regclass, a.attname, b.attname, a.attname, b.attname)
FROM pg_constraint k
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[1]
WHERE k.contype = 'f' AND k.connamespace = $1::text::regnamespace
"""


def rows_of(filled: Filled, run: Run, sql: str) -> list[Any]:
    """Rows of the district; ``{s}`` is its schema."""

    async def go() -> list[Any]:
        async with filled.installation.connection() as connection:
            return list(await connection.fetch(sql.format(s=quoted(filled.district.schema))))

    found: list[Any] = run(go())
    return found


def test_nothing_points_at_nothing(small: Filled, run: Run) -> None:
    async def go() -> dict[str, int]:
        async with small.installation.connection() as connection:
            checks = await connection.fetch(FOREIGN_KEYS, small.district.schema)
            rows = [await connection.fetchrow(each["format"]) for each in checks]
            return dict(tuple(row) for row in rows)

    found = run(go())
    assert len(found) > 15
    assert set(found.values()) == {0}


def test_cases_have_the_states_and_clocks_that_the_rules_give_them(small: Filled, run: Run) -> None:
    filling = run(filling_of(small.asker.tenancy, small.district, cases=0, seed=0))
    rows = rows_of(small, run, "SELECT * FROM {s}.cases")
    assert len(rows) == 20_000
    shares = {state: sum(row["state"] == state for row in rows) / len(rows) for state in
              {row["state"] for row in rows}}  # fmt: skip
    assert len(shares) == 11
    running = {"SUBMITTED", "PRE_CHECKING", "AWAITING_MATERIALS", "ACCEPTED", "IN_PROGRESS", "SUSPENDED"}
    assert 0.07 < sum(share for state, share in shares.items() if state in running) < 0.13
    for row in rows:
        accepted = row["accepted_at"]
        assert (accepted is None) == (row["due_ordinal"] is None)
        if accepted is None:
            assert row["stopped_used"] is None
            continue
        clock = start_clock(
            filling.calendar,
            accepted_on=accepted.astimezone(small.district.zone).date(),
            promised=row["promised_days"],
        )
        assert (row["accepted_ordinal"], row["due_ordinal"], row["due_on"]) == (
            clock.accepted_ordinal, clock.due_ordinal, clock.due_on,
        )  # fmt: skip
        assert (row["completed_ordinal"] is not None) == (
            row["state"] in ("COMPLETED", "CLOSED", "TERMINATED")
        )


def test_sealed_values_open_and_are_nobodys(small: Filled, run: Run) -> None:
    vault = small.asker.tenancy.vault(small.district)
    for row in rows_of(small, run, "SELECT * FROM {s}.cases ORDER BY serial LIMIT 50"):
        identity = vault.open(row["identity_sealed"], context=IDENTITY_CONTEXT)
        phone = vault.open(row["phone_sealed"], context=PHONE_CONTEXT)
        assert SAMPLE_REGION in identity
        assert phone.startswith(SAMPLE_MOBILE_PREFIX)
        assert (row["identity_masked"], row["phone_masked"]) == (mask_identity(identity), mask_phone(phone))
        assert row["identity_hash"] == vault.lookup_hash(identity, purpose="identity")
        assert row["phone_hash"] == vault.lookup_hash(phone, purpose="phone")


def test_the_last_event_of_a_case_leaves_it_in_its_state(small: Filled, run: Run) -> None:
    differing = rows_of(
        small,
        run,
        "SELECT c.number, c.state, e.to_state FROM {s}.cases c CROSS JOIN LATERAL (SELECT to_state"
        " FROM {s}.case_event e WHERE e.case_id = c.id ORDER BY e.id DESC LIMIT 1) e"
        " WHERE c.state <> e.to_state",
    )
    assert differing == []


def test_numbers_stay_apart_past_the_millionth_case(small: Filled, run: Run) -> None:
    columns = (
        "stem, state, service_item_id, area_id, applicant_kind, applicant_name, applicant_name_masked,"
        " identity_sealed, identity_hash, identity_masked, phone_sealed, phone_hash, phone_masked, resident_id,"
        " help, modes, channel, holder_id, first_asked_id, submitted_at, promised_days, due_provisional,"
        " paused_days"
    )
    sql = (
        f"WITH one AS (SELECT * FROM {{s}}.cases WHERE state = 'SUBMITTED' LIMIT 1)"
        f" INSERT INTO {{s}}.cases (id, serial, {columns}) OVERRIDING SYSTEM VALUE"
        f" SELECT gen_random_uuid(), n, {columns} FROM one, unnest(ARRAY[999999, 1000000, 1000001]) AS n"
        " RETURNING number"
    )

    async def go() -> list[str]:
        async with small.installation.connection() as connection:
            transaction = connection.transaction()
            await transaction.start()
            rows = await connection.fetch(sql.format(s=quoted(small.district.schema)))
            await transaction.rollback()
            return [row["number"].rpartition("-")[2] for row in rows]

    assert run(go()) == ["999999", "1000000", "1000001"]
