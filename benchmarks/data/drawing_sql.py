"""SQL that draws cases: each column of a case follows from its number by hashing, so a build can be repeated.

``{s}`` is the district's quoted schema. Everything else is a bind parameter or a constant.
"""

from __future__ import annotations

from typing import Final

# Tables of one transaction: what cases are drawn from, and the batch that is being drawn.
PREPARE: Final = """
CREATE TEMP TABLE bench_day (
    day date PRIMARY KEY, ordinal bigint NOT NULL, next_ordinal bigint NOT NULL
) ON COMMIT DROP;
CREATE TEMP TABLE bench_due (ordinal bigint PRIMARY KEY, day date NOT NULL) ON COMMIT DROP;
CREATE TEMP TABLE bench_place (
    slot bigint PRIMARY KEY, area_id uuid NOT NULL, near uuid NOT NULL, clerk uuid NOT NULL, centre uuid NOT NULL
) ON COMMIT DROP;
CREATE TEMP TABLE bench_applicant (
    n bigint PRIMARY KEY, resident_id uuid NOT NULL, kind text NOT NULL, name text NOT NULL,
    name_masked text NOT NULL, identity_sealed bytea NOT NULL, identity_hash bytea NOT NULL,
    identity_masked text NOT NULL, phone_sealed bytea NOT NULL, account_sealed bytea NOT NULL,
    phone_hash bytea NOT NULL, phone_masked text NOT NULL
) ON COMMIT DROP;
CREATE TEMP TABLE bench_item (
    kind text NOT NULL, place bigint NOT NULL, id uuid NOT NULL, promised bigint NOT NULL,
    PRIMARY KEY (kind, place)
) ON COMMIT DROP;
CREATE TEMP TABLE bench_case (
    n bigint PRIMARY KEY, id uuid NOT NULL, r1 float8, r5 float8, r6 float8, r7 float8, r8 float8, open boolean,
    submitted_at timestamptz, area_id uuid, near uuid, clerk uuid, resident_id uuid, applicant_kind text, name text,
    name_masked text, identity_sealed bytea, identity_hash bytea, identity_masked text, phone_sealed bytea,
    phone_hash bytea, phone_masked text, item_id uuid, promised bigint, state text, holder_id uuid,
    accepted_at timestamptz, stopped_at timestamptz, accepted_ordinal bigint, due_ordinal bigint, due_on date,
    due_provisional boolean, stopped_ordinal bigint, stopped_used bigint, noticed boolean
) ON COMMIT DROP;
CREATE FUNCTION pg_temp.share(n bigint, salt bigint) RETURNS float8 LANGUAGE sql IMMUTABLE AS
    $$ SELECT (hashint8extended(n, salt) & 1073741823) / 1073741824.0::float8 $$;
CREATE FUNCTION pg_temp.id(at timestamptz, n bigint, place bigint, salt bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
    $$ SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
               || lpad(to_hex(place), 3, '0') || '8'
               || lpad(to_hex(hashint8extended(n, salt) & 1152921504606846975), 15, '0'))::uuid $$;
"""

ITEMS: Final = """
INSERT INTO bench_item (kind, place, id, promised)
SELECT a.kind, row_number() OVER (PARTITION BY a.kind ORDER BY item.code) - 1, item.id, promised_working_days
FROM {s}.service_item item CROSS JOIN LATERAL unnest(item.audience) AS a(kind)
WHERE item.effective_to IS NULL
"""

RESIDENTS: Final = """
INSERT INTO {s}.resident (id, phone_sealed, phone_hash, phone_masked, created_at)
SELECT resident_id, account_sealed, phone_hash, phone_masked, $1 FROM bench_applicant ORDER BY n
"""

# $1 and $2 first and last number; $3 of how many; $4 now; $5 time zone; $6 salt; $7 the calendar's horizon.
# Numbers grow with time: the age of a case goes with a power of its distance from the end, so that recent ones
# lie denser, over two years in all. A tenth is open, most of the newest and few of the old.
DRAW: Final = """
INSERT INTO bench_case
WITH numbered AS (
    SELECT n, ($3 - n)::float8 / $3 AS distance,
           pg_temp.share(n, $6::bigint + 1) AS r1, pg_temp.share(n, $6 + 2) AS r2, pg_temp.share(n, $6 + 3) AS r3,
           pg_temp.share(n, $6 + 4) AS r4, pg_temp.share(n, $6 + 5) AS r5, pg_temp.share(n, $6 + 6) AS r6,
           pg_temp.share(n, $6 + 7) AS r7, pg_temp.share(n, $6 + 8) AS r8
    FROM generate_series($1::bigint, $2::bigint) AS n
), dated AS (
    SELECT *, $4::timestamptz - interval '2 minutes' - interval '730 days' * power(distance, 1.6) AS submitted_at,
           r1 < CASE WHEN distance < 0.08 THEN 0.85 WHEN distance < 0.18 THEN 0.25 ELSE 0.008 END AS open
    FROM numbered
), chosen AS (
    SELECT d.*, p.area_id, p.near, p.clerk, p.centre, a.resident_id, a.kind AS applicant_kind, a.name, a.name_masked,
           a.identity_sealed, a.identity_hash, a.identity_masked, a.phone_sealed, a.phone_hash, a.phone_masked,
           i.id AS item_id, i.promised
    FROM dated d
    JOIN bench_place p ON p.slot = floor(d.r3 * (SELECT count(*) FROM bench_place))::bigint
    JOIN bench_applicant a ON a.n = floor(d.r4 * (SELECT count(*) FROM bench_applicant))::bigint
    JOIN bench_item i ON i.kind = a.kind
        AND i.place = floor(power(d.r5, 1.7) * (SELECT count(*) FROM bench_item c WHERE c.kind = a.kind))::bigint
), stated AS (
    SELECT *, CASE
        WHEN open AND (promised = 0 OR r2 < 0.45) THEN
            CASE WHEN r6 < 0.45 THEN 'SUBMITTED' WHEN r6 < 0.75 THEN 'PRE_CHECKING' ELSE 'AWAITING_MATERIALS' END
        WHEN open THEN CASE WHEN r2 < 0.68 THEN 'ACCEPTED' WHEN r2 < 0.94 THEN 'IN_PROGRESS' ELSE 'SUSPENDED' END
        WHEN r2 < 0.55 THEN 'CLOSED' WHEN r2 < 0.88 THEN 'COMPLETED' WHEN r2 < 0.94 THEN 'WITHDRAWN'
        WHEN r2 < 0.97 THEN 'DECLINED' ELSE 'TERMINATED' END AS state,
        CASE WHEN r7 < 0.6 THEN near WHEN r7 < 0.9 THEN clerk ELSE centre END AS holder_id
    FROM chosen
), accepted AS (
    SELECT *, CASE WHEN state IN ('ACCEPTED', 'IN_PROGRESS', 'SUSPENDED', 'COMPLETED', 'CLOSED', 'TERMINATED')
        THEN submitted_at + least(interval '3 days' * r8, ($4 - submitted_at) * 0.4) END AS accepted_at
    FROM stated
), stopped AS (
    SELECT *, CASE WHEN state IN ('COMPLETED', 'CLOSED', 'TERMINATED') THEN accepted_at
            + least(interval '1 day' * (0.02 + promised * 1.4 * (0.1 + r6)), ($4 - accepted_at) * 0.8)
        WHEN state = 'SUSPENDED' THEN accepted_at + ($4 - accepted_at) * 0.5
        WHEN state IN ('DECLINED', 'WITHDRAWN') THEN submitted_at + ($4 - submitted_at) * 0.02 END AS stopped_at
    FROM accepted
)
SELECT s.n, pg_temp.id(s.submitted_at, s.n, 0, $6), r1, r5, r6, r7, r8, open, submitted_at, area_id, near, clerk,
       resident_id, applicant_kind, name, name_masked, identity_sealed, identity_hash, identity_masked, phone_sealed,
       phone_hash, phone_masked, item_id, promised, state, holder_id, accepted_at, stopped_at,
       CASE WHEN s.promised = 0 THEN begun.next_ordinal ELSE begun.ordinal END,
       CASE WHEN s.promised = 0 THEN begun.next_ordinal ELSE begun.ordinal END + s.promised, due.day,
       due.ordinal > $7, ended.next_ordinal,
       CASE WHEN ended.day IS NOT NULL THEN greatest(0, ended.ordinal - begun.ordinal) END,
       s.r8 < 0.2 OR s.state = 'AWAITING_MATERIALS'
FROM stopped s
LEFT JOIN bench_day begun ON begun.day = (s.accepted_at AT TIME ZONE $5)::date
LEFT JOIN bench_due due
    ON due.ordinal = CASE WHEN s.promised = 0 THEN begun.next_ordinal ELSE begun.ordinal END + s.promised
LEFT JOIN bench_day ended ON begun.day IS NOT NULL AND ended.day = (s.stopped_at AT TIME ZONE $5)::date
"""
