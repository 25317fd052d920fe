SELECT jsonb_build_object(
    'all', jsonb_build_object('totalCount', count(*)),
    'submitted', jsonb_build_object('totalCount', count(*) FILTER (WHERE state = 'SUBMITTED')),
    'checking', jsonb_build_object('totalCount', count(*) FILTER (WHERE state = 'PRE_CHECKING')),
    'accepted', jsonb_build_object('totalCount', count(*) FILTER (WHERE state = 'ACCEPTED')),
    'running', jsonb_build_object('totalCount', count(*) FILTER (WHERE state = 'IN_PROGRESS')),
    'suspended', jsonb_build_object('totalCount', count(*) FILTER (WHERE state = 'SUSPENDED')),
    'catalog', (SELECT jsonb_build_object('totalCount', count(*)) FROM service_item
                WHERE effective_from <= ($1::jsonb ->> 'today')::date
                  AND (effective_to IS NULL OR effective_to > ($1::jsonb ->> 'today')::date))
) FROM cases
