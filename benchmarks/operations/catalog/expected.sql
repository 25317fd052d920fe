WITH page AS (
    SELECT s.*, row_number() OVER (ORDER BY s.code, s.id) AS place
    FROM service_item s
    WHERE s.effective_from <= ($1::jsonb ->> 'today')::date
      AND (s.effective_to IS NULL OR s.effective_to > ($1::jsonb ->> 'today')::date)
)
SELECT jsonb_build_object('services', jsonb_build_object(
    'edges', coalesce(jsonb_agg(jsonb_build_object('node', jsonb_build_object(
        'id', s.id, 'code', s.code, 'name', s.name, 'kind', s.kind, 'audience', s.audience,
        'caseType', s.case_type, 'promisedWorkingDays', s.promised_working_days,
        'legalWorkingDays', s.legal_working_days, 'maxTrips', s.max_trips,
        'fee', CASE WHEN s.fee_amount IS NOT NULL
            THEN jsonb_build_object('amount', s.fee_amount::text, 'basis', s.fee_basis) END,
        'channels', s.channels, 'handledAt', s.handled_at, 'department', s.department
    )) ORDER BY s.place) FILTER (WHERE s.place <= 100), '[]'),
    'pageInfo', jsonb_build_object('hasNextPage', count(*) > 100)
)) FROM page s
