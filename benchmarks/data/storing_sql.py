"""SQL that stores a batch of drawn cases with all that belongs to them. ``{s}`` is the district's quoted schema."""

from __future__ import annotations

from typing import Final

CASES: Final = """
INSERT INTO {s}.cases (
    id, serial, stem, state, service_item_id, area_id, applicant_kind, applicant_name, applicant_name_masked,
    identity_sealed, identity_hash, identity_masked, phone_sealed, phone_hash, phone_masked, resident_id, help, modes,
    channel, holder_id, first_asked_id, submitted_at, note, promised_days, accepted_at, accepted_ordinal, due_ordinal,
    due_on, due_provisional, paused_days, suspended_ordinal, stopped_used, suspended_from, ended_at, completed_at,
    completed_ordinal, outcome, opinion, result_number
) OVERRIDING SYSTEM VALUE
SELECT id, n, $1 || to_char(submitted_at AT TIME ZONE $2, 'YYYYMMDD'), state, item_id, area_id, applicant_kind, name,
       name_masked, identity_sealed, identity_hash, identity_masked, phone_sealed, phone_hash, phone_masked,
       resident_id,
       CASE WHEN r5 < 0.1 THEN 'AGENCY' ELSE 'HELP' END,
       CASE WHEN r6 < 0.2 THEN ARRAY['ONLINE', 'RELAY'] WHEN r6 < 0.5 THEN ARRAY['MOBILE'] ELSE ARRAY['ONLINE'] END,
       (ARRAY['HALL', 'STATION', 'WEB', 'MOBILE'])[1 + floor(r7 * 4)::int], holder_id, near, submitted_at,
       CASE WHEN r8 < 0.1 THEN '请尽快办理,谢谢。' END, promised, accepted_at, accepted_ordinal, due_ordinal, due_on,
       coalesce(due_provisional, false), 0,
       CASE WHEN state = 'SUSPENDED' THEN stopped_ordinal END, stopped_used,
       CASE WHEN state = 'SUSPENDED' THEN 'ACCEPTED' END,
       CASE WHEN state IN ('DECLINED', 'WITHDRAWN', 'TERMINATED') THEN stopped_at END,
       CASE WHEN state IN ('COMPLETED', 'CLOSED') THEN stopped_at END,
       CASE WHEN state IN ('COMPLETED', 'CLOSED', 'TERMINATED') THEN stopped_ordinal END,
       CASE WHEN state IN ('COMPLETED', 'CLOSED') THEN CASE WHEN r8 < 0.05 THEN 'REFUSED' ELSE 'GRANTED' END END,
       CASE WHEN state IN ('COMPLETED', 'CLOSED') THEN '经审查,符合规定。' END,
       CASE WHEN state IN ('COMPLETED', 'CLOSED') THEN '样字第' || n || '号' END
FROM bench_case ORDER BY n
"""

MATERIALS: Final = """
INSERT INTO {s}.case_material (id, case_id, position, code, name, required, tolerable, state)
SELECT pg_temp.id(c.submitted_at, c.n, 1 + m.position, $1), c.id, m.position, m.code, m.name, m.required,
       m.tolerable AND NOT m.core,
       CASE WHEN m.source = 'SHARED_DATA' THEN 'EXEMPT'
            WHEN c.state IN ('SUBMITTED', 'AWAITING_MATERIALS') AND m.position = 0 THEN 'MISSING'
            ELSE 'SUPPLIED' END
FROM bench_case c JOIN {s}.service_material m ON m.item_id = c.item_id
ORDER BY c.n, m.position
"""

# What happened to each case, in the order in which it happened to all of them, as it would have been written.
EVENTS: Final = """
INSERT INTO {s}.case_event (id, case_id, at, kind, from_state, to_state, actor)
SELECT pg_temp.id(e.at, c.n, e.place, $1), c.id, e.at, e.kind, e.was, e.became,
       CASE WHEN e.kind IN ('SUBMITTED', 'MATERIALS_SUPPLIED', 'RATED', 'WITHDRAWN') THEN '申请人' ELSE h.name END
FROM bench_case c
JOIN {s}.staff h ON h.id = c.holder_id
CROSS JOIN LATERAL (SELECT coalesce(c.accepted_at, c.stopped_at, $2::timestamptz) - c.submitted_at) AS took(span)
CROSS JOIN LATERAL (VALUES
    (1, 'SUBMITTED', NULL, 'SUBMITTED', c.submitted_at, true),
    (2, 'NOTICE_ISSUED', 'SUBMITTED', 'AWAITING_MATERIALS', c.submitted_at + took.span * 0.2, c.noticed),
    (3, 'MATERIALS_SUPPLIED', 'AWAITING_MATERIALS', 'SUBMITTED', c.submitted_at + took.span * 0.4,
        c.noticed AND c.state <> 'AWAITING_MATERIALS'),
    (4, 'PRE_CHECKED', 'SUBMITTED', 'PRE_CHECKING', c.submitted_at + took.span * 0.6,
        c.state = 'PRE_CHECKING' OR c.accepted_at IS NOT NULL),
    (5, 'ACCEPTED', 'PRE_CHECKING', 'ACCEPTED', c.accepted_at, c.accepted_at IS NOT NULL),
    (6, 'TAKEN_OVER', 'ACCEPTED', 'IN_PROGRESS', c.accepted_at + ($2 - c.accepted_at) * 0.1,
        c.state = 'IN_PROGRESS'),
    (7, CASE WHEN c.state = 'CLOSED' THEN 'COMPLETED' ELSE c.state END,
        CASE WHEN c.accepted_at IS NULL THEN 'SUBMITTED' ELSE 'ACCEPTED' END,
        CASE WHEN c.state = 'CLOSED' THEN 'COMPLETED' ELSE c.state END, c.stopped_at, c.stopped_at IS NOT NULL),
    (8, 'RATED', 'COMPLETED', 'CLOSED', c.stopped_at + ($2 - c.stopped_at) * 0.1, c.state = 'CLOSED')
) AS e(place, kind, was, became, at, happened)
WHERE e.happened
ORDER BY e.at
"""

NOTICES: Final = """
INSERT INTO {s}.notice (id, case_id, ordinal, missing, reasons, issued_at, issued_by, deadline)
SELECT pg_temp.id(c.submitted_at, c.n, 200, $1), c.id, 1, ARRAY[m.code], jsonb_build_object(m.code, '未提交'),
       c.submitted_at + (coalesce(c.accepted_at, c.stopped_at, $2::timestamptz) - c.submitted_at) * 0.2,
       c.holder_id, (c.submitted_at AT TIME ZONE $3)::date + 30
FROM bench_case c JOIN {s}.service_material m ON m.item_id = c.item_id AND m.position = 0
WHERE c.noticed ORDER BY c.n
"""

RATINGS: Final = """
INSERT INTO {s}.rating (case_id, grade, comment, rated_at)
SELECT id, CASE WHEN r1 < 0.8 THEN 'VERY_SATISFIED' WHEN r1 < 0.97 THEN 'SATISFIED' ELSE 'DISSATISFIED' END,
       CASE WHEN r8 < 0.2 THEN '服务热情,办得快。' END, stopped_at + ($1 - stopped_at) * 0.1
FROM bench_case WHERE state = 'CLOSED' ORDER BY n
"""

HANDOVERS: Final = """
INSERT INTO {s}.handover (id, case_id, from_id, to_id, reason, offered_at, taken_at)
SELECT pg_temp.id(submitted_at, n, 201, $1), id, CASE WHEN taken THEN to_id ELSE holder_id END,
       CASE WHEN taken THEN holder_id ELSE to_id END, '需要现场协助', offered_at,
       CASE WHEN taken THEN $2::timestamptz END
FROM (SELECT *, state = 'IN_PROGRESS' AS taken, CASE WHEN holder_id = clerk THEN near ELSE clerk END AS to_id,
             coalesce(accepted_at, submitted_at) AS offered_at
      FROM bench_case WHERE state = 'IN_PROGRESS' OR (open AND r8 > 0.97)) AS c
WHERE holder_id <> to_id ORDER BY n
"""

AUTHORISATIONS: Final = """
INSERT INTO {s}.case_authorisation (case_id, scope, valid_until, given_at)
SELECT id, ARRAY['APPLY', 'RECEIVE_RESULT'], (submitted_at AT TIME ZONE $1)::date + 365, submitted_at
FROM bench_case WHERE r5 < 0.1 ORDER BY n
"""

TOLERANCES: Final = """
INSERT INTO {s}.tolerance (case_id, missing, promised_by, agreed_at, fulfilled_at)
SELECT c.id, ARRAY[m.code], coalesce(c.due_on, $1::timestamptz::date), c.accepted_at, c.stopped_at
FROM bench_case c JOIN {s}.service_material m ON m.item_id = c.item_id AND m.tolerable AND NOT m.core
WHERE c.accepted_at IS NOT NULL AND c.r8 > 0.95
ON CONFLICT (case_id) DO NOTHING
"""

# Two entries for each finished case: how it began and how it ended. $1 salt, $2 the last number before.
TRAIL: Final = """
INSERT INTO {s}.audit_entry (seq, id, at, actor, action, object, area_id, request_id, details)
OVERRIDING SYSTEM VALUE
SELECT $2 + row_number() OVER (ORDER BY e.at), pg_temp.id(e.at, c.n, 300 + e.place, $1), e.at,
       CASE WHEN e.place = 1 OR c.state = 'WITHDRAWN' THEN 'resident:' || c.resident_id
            ELSE 'staff:' || c.holder_id END,
       e.action, 'case:' || k.number, c.area_id, 'bench-' || c.n || '-' || e.place, '{{}}'
FROM bench_case c
JOIN {s}.cases k ON k.id = c.id
CROSS JOIN LATERAL (VALUES
    (1, 'case:apply', c.submitted_at),
    (2, CASE c.state WHEN 'DECLINED' THEN 'case:decline' WHEN 'WITHDRAWN' THEN 'case:withdraw'
        WHEN 'TERMINATED' THEN 'case:terminate' WHEN 'SUSPENDED' THEN 'case:suspend' ELSE 'case:complete' END,
        c.stopped_at)
) AS e(place, action, at)
WHERE e.at IS NOT NULL
"""

LAST_ENTRY: Final = "SELECT coalesce(max(seq), 0) FROM {s}.audit_entry"
