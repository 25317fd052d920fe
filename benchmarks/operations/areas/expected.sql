SELECT jsonb_build_object('area', (
    SELECT jsonb_build_object(
        'id', a.id, 'code', a.code, 'name', a.name, 'fullName', a.full_name, 'level', a.level, 'kind', a.kind,
        'parent', (SELECT jsonb_build_object('id', p.id, 'name', p.name, 'level', p.level)
                   FROM area p WHERE p.id = a.parent_id),
        'children', (
            SELECT jsonb_build_object(
                'totalCount', count(*),
                'edges', coalesce(jsonb_agg(jsonb_build_object('node', jsonb_build_object(
                    'id', k.id, 'code', k.code, 'name', k.name, 'level', k.level, 'kind', k.kind
                )) ORDER BY k.place) FILTER (WHERE k.place <= 50), '[]'),
                'pageInfo', jsonb_build_object('hasNextPage', count(*) > 50)
            ) FROM (
                SELECT b.*, row_number() OVER (ORDER BY b.position, b.id) AS place
                FROM area b WHERE b.parent_id = a.id AND b.retired_on IS NULL
            ) AS k
        )
    ) FROM area a WHERE a.id = ($1::jsonb ->> 'id')::uuid
))
