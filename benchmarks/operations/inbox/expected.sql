WITH page AS (
    SELECT c.*, row_number() OVER (ORDER BY c.submitted_at DESC, c.id DESC) AS place
    FROM (
        SELECT * FROM cases WHERE state = $1::jsonb ->> 'state' ORDER BY submitted_at DESC, id DESC LIMIT 21
    ) AS c
)
SELECT jsonb_build_object('cases', jsonb_build_object(
    'edges', coalesce(jsonb_agg(jsonb_build_object('node', jsonb_build_object(
        'id', c.id, 'number', c.number, 'state', c.state, 'submittedAt', c.submitted_at,
        'service', (SELECT jsonb_build_object('code', s.code, 'name', s.name, 'caseType', s.case_type)
                    FROM service_item s WHERE s.id = c.service_item_id),
        'area', (SELECT jsonb_build_object('id', a.id, 'name', a.name, 'level', a.level)
                 FROM area a WHERE a.id = c.area_id),
        'applicant', jsonb_build_object('kind', c.applicant_kind, 'name', c.applicant_name, 'phone', c.phone_masked),
        'materials', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'code', m.code, 'name', m.name, 'state', m.state, 'required', m.required
            ) ORDER BY m.position, m.code), '[]') FROM case_material m WHERE m.case_id = c.id),
        'timeline', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'at', e.at, 'kind', e.kind, 'toState', e.to_state, 'actor', e.actor
            ) ORDER BY e.id), '[]') FROM case_event e WHERE e.case_id = c.id)
    )) ORDER BY c.place) FILTER (WHERE c.place <= 20), '[]'),
    'pageInfo', jsonb_build_object('hasNextPage', count(*) > 20)
)) FROM page c
