"""Rows of a district of the first release: some that later migrations rewrite or fill in, some that they leave."""

from __future__ import annotations

from typing import Final

TABLES: Final = ("area", "staff", "credential", "closure", "service_item", "resident", "cases", "case_event")

# Sample people are invented; sealed values are of no key, since nothing opens them.
ROWS: Final = """
INSERT INTO area (id, key, name, full_name, level, kind, path, position, provenance)
VALUES ('00000000-0000-4000-8000-000000000001', 'root', '样例区', '样例区', 'COUNTY', 'COUNTY', 'root', 0, 'sample');
INSERT INTO area (id, key, name, full_name, level, kind, parent_id, path, position, provenance)
SELECT ('00000000-0000-4000-8000-0000000001' || lpad(n::text, 2, '0'))::uuid, 'town' || n, '样例镇' || n,
       '样例区样例镇' || n, 'TOWN', 'TOWN', '00000000-0000-4000-8000-000000000001',
       ('root.town' || n)::ext.ltree, n, 'sample'
FROM generate_series(1, 9) AS n;
INSERT INTO staff (id, key, name, login, full_time, language, active)
SELECT ('00000000-0000-4000-8000-0000000002' || lpad(n::text, 2, '0'))::uuid, 'agent' || n, '样例人' || n,
       'agent.' || n, true, 'zh', true
FROM generate_series(1, 9) AS n;
INSERT INTO credential (staff_id, password_hash, changed_at)
SELECT id, 'none', '2026-01-05 08:00+08' FROM staff WHERE key <> 'agent9';
INSERT INTO closure (day, working, reason) VALUES ('2026-10-01', false, '国庆节'), ('2026-10-10', true, '调休');
INSERT INTO resident (id, phone_sealed, phone_hash, phone_masked, created_at)
VALUES ('00000000-0000-4000-8000-000000000301', '\\x01', '\\x02', '100****0000', '2026-01-06 09:00+08');
INSERT INTO service_item (id, code, version, name, kind, audience, level, case_type, promised_working_days,
    legal_working_days, max_trips, channels, handled_at, pre_checked_at, legal_basis, result_name, effective_from,
    origin, details)
VALUES ('00000000-0000-4000-8000-000000000401', 'S01', 1, '样例事项', 'PUBLIC_SERVICE', '{PERSON}', 'TOWN', 'PROMISED',
    5, 20, 0, '{STATION}', '{TOWN}', '{TOWN}', '{}', '证明', '2026-01-01', 'sample', '{}');
INSERT INTO cases (id, stem, state, service_item_id, area_id, applicant_kind, applicant_name, applicant_name_masked,
    identity_sealed, identity_hash, identity_masked, phone_sealed, phone_hash, phone_masked, resident_id, help, modes,
    channel, holder_id, first_asked_id, submitted_at, promised_days, due_provisional, paused_days)
SELECT ('00000000-0000-4000-8000-0000000005' || lpad(n::text, 2, '0'))::uuid, 'SAMPLE-2026', 'SUBMITTED',
    '00000000-0000-4000-8000-000000000401', '00000000-0000-4000-8000-000000000101', 'PERSON', '样例人', '样**',
    '\\x03', '\\x04', '0****0', '\\x01', '\\x02', '100****0000', '00000000-0000-4000-8000-000000000301', 'HELP',
    '{MOBILE}', 'STATION', '00000000-0000-4000-8000-000000000201', '00000000-0000-4000-8000-000000000201',
    '2026-02-02 10:00+08', 5, false, 0
FROM generate_series(1, 30) AS n;
INSERT INTO case_event (id, case_id, at, kind, to_state)
SELECT ('00000000-0000-4000-8000-0000000006' || lpad(n::text, 2, '0'))::uuid,
    ('00000000-0000-4000-8000-0000000005' || lpad(n::text, 2, '0'))::uuid, '2026-02-02 10:00+08',
    'SUBMITTED', 'SUBMITTED'
FROM generate_series(1, 30) AS n
"""
