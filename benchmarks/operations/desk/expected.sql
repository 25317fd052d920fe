WITH mine AS (
    SELECT c.* FROM cases c
    WHERE c.holder_id = ($1::jsonb ->> 'me')::uuid OR c.first_asked_id = ($1::jsonb ->> 'me')::uuid
       OR c.id IN (SELECT h.case_id FROM handover h
                   WHERE h.to_id = ($1::jsonb ->> 'me')::uuid AND h.taken_at IS NULL AND h.returned_at IS NULL)
    ORDER BY coalesce(c.due_ordinal, 2147483647), c.id LIMIT 21
), page AS (
    SELECT m.*, row_number() OVER (ORDER BY coalesce(m.due_ordinal, 2147483647), m.id) AS place FROM mine m
)
SELECT jsonb_build_object('cases', jsonb_build_object(
    'edges', coalesce(jsonb_agg(jsonb_build_object('node', jsonb_build_object(
        'id', c.id, 'number', c.number, 'state', c.state, 'submittedAt', c.submitted_at,
        'service', (SELECT jsonb_build_object('code', s.code, 'name', s.name, 'caseType', s.case_type)
                    FROM service_item s WHERE s.id = c.service_item_id),
        'area', (SELECT jsonb_build_object('id', a.id, 'name', a.name, 'level', a.level)
                 FROM area a WHERE a.id = c.area_id),
        'applicant', jsonb_build_object('kind', c.applicant_kind, 'name', c.applicant_name, 'phone', c.phone_masked),
        'helper', (SELECT jsonb_build_object('id', h.id, 'name', h.name) FROM staff h WHERE h.id = c.holder_id),
        'clock', CASE WHEN c.due_ordinal IS NOT NULL THEN jsonb_build_object('dueOn', c.due_on,
            'paused', c.state = 'SUSPENDED', 'promisedWorkingDays', c.promised_days) END
    )) ORDER BY c.place) FILTER (WHERE c.place <= 20), '[]'),
    'pageInfo', jsonb_build_object('hasNextPage', count(*) > 20)
)) FROM page c
