SELECT jsonb_build_object('case', (
    SELECT jsonb_build_object(
        'id', c.id, 'number', c.number, 'state', c.state, 'submittedAt', c.submitted_at,
        'acceptedAt', c.accepted_at, 'completedAt', c.completed_at, 'help', c.help, 'modes', c.modes,
        'channel', c.channel, 'note', c.note, 'outcome', c.outcome,
        'service', (SELECT jsonb_build_object('id', s.id, 'code', s.code, 'name', s.name, 'version', s.version,
                        'caseType', s.case_type, 'promisedWorkingDays', s.promised_working_days)
                    FROM service_item s WHERE s.id = c.service_item_id),
        'area', (SELECT jsonb_build_object('id', a.id, 'name', a.name, 'level', a.level)
                 FROM area a WHERE a.id = c.area_id),
        'applicant', jsonb_build_object('kind', c.applicant_kind, 'name', c.applicant_name,
            'identityNumber', c.identity_masked, 'phone', c.phone_masked),
        'helper', (SELECT jsonb_build_object('id', h.id, 'name', h.name) FROM staff h WHERE h.id = c.holder_id),
        'materials', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'code', m.code, 'name', m.name, 'state', m.state, 'required', m.required,
                'tolerable', m.tolerable, 'reason', m.reason
            ) ORDER BY m.position, m.code), '[]') FROM case_material m WHERE m.case_id = c.id),
        'rating', (SELECT jsonb_build_object('grade', r.grade, 'comment', r.comment, 'ratedAt', r.rated_at)
                   FROM rating r WHERE r.case_id = c.id),
        'timeline', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'at', e.at, 'kind', e.kind, 'fromState', e.from_state, 'toState', e.to_state,
                'actor', e.actor, 'note', e.note
            ) ORDER BY e.id), '[]') FROM case_event e WHERE e.case_id = c.id)
    ) FROM cases c WHERE c.number = $1::jsonb ->> 'number'
))
