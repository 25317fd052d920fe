WITH page AS (
    SELECT e.*, row_number() OVER (ORDER BY e.seq DESC) AS place
    FROM (
        SELECT id, seq, at, actor, action, object, request_id, area_id
        FROM audit_entry WHERE actor = $1::jsonb ->> 'actor' ORDER BY seq DESC LIMIT 51
    ) AS e
)
SELECT jsonb_build_object('auditTrail', jsonb_build_object(
    'edges', coalesce(jsonb_agg(jsonb_build_object('node', jsonb_build_object(
        'id', e.id, 'seq', e.seq, 'at', e.at, 'actor', e.actor, 'action', e.action, 'object', e.object,
        'requestId', e.request_id,
        'area', (SELECT jsonb_build_object('id', a.id, 'name', a.name, 'level', a.level)
                 FROM area a WHERE a.id = e.area_id)
    )) ORDER BY e.place) FILTER (WHERE e.place <= 50), '[]'),
    'pageInfo', jsonb_build_object('hasNextPage', count(*) > 50)
)) FROM page e
