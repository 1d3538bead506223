-- Tells what an attempt is about, as one JSON value, and stores it as the attempt's snapshot.
--
-- The caller holds the session's head, and has moved the task to running. Nothing is stored when
-- `p_is_repeat`: then an earlier try, whose answer was lost, has done so. `p_known_role` names a
-- role whose output the caller has at hand, so that it is not sent back. Of a role with several
-- tasks the latest one's output counts.
CREATE FUNCTION begin_attempt_v2(
    p_task agent_tasks, p_snapshot_id uuid, p_known_role text, p_is_repeat boolean
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_run execution_sessions;
    v_guiding jsonb;   -- ids of the strategic decisions in force, oldest first
    v_upstream jsonb;  -- what came before, by role
    v_context jsonb;   -- the same for the snapshot, where large values stand by their hash
BEGIN
    SELECT * INTO v_run FROM execution_sessions WHERE id = p_task.session_id;

    SELECT coalesce(jsonb_agg(one.id ORDER BY one.seq), '[]') INTO v_guiding
    FROM session_decisions AS one
    WHERE one.session_id = p_task.session_id AND NOT EXISTS (
        SELECT FROM session_decisions AS later WHERE later.supersedes_id = one.id);

    SELECT
        coalesce(jsonb_object_agg(role, output ORDER BY finished_at, position)
            FILTER (WHERE role IS DISTINCT FROM p_known_role), '{}'),
        coalesce(jsonb_object_agg(role, CASE
            WHEN output_sha256 IS NULL THEN output
            ELSE jsonb_build_object('sha256', output_sha256) END ORDER BY finished_at, position),
            '{}')
    INTO v_upstream, v_context
    FROM agent_tasks
    WHERE session_id = p_task.session_id AND role = ANY (p_task.upstream_roles)
        AND output IS NOT NULL;

    IF NOT p_is_repeat THEN
        INSERT INTO agent_snapshots
            (id, session_id, team_id, task_id, attempt, context, capabilities, decisions,
             created_at)
        VALUES
            (p_snapshot_id, p_task.session_id, p_task.team_id, p_task.id, p_task.attempt,
             jsonb_build_object(
                'feature_name', v_run.feature_name,
                'brief', CASE
                    WHEN v_run.brief_sha256 IS NULL THEN to_jsonb(v_run.brief)
                    ELSE jsonb_build_object('sha256', v_run.brief_sha256) END,
                'description', p_task.description,
                'instructions', p_task.instructions,
                'input', p_task.input,
                'upstream', v_context)
             || CASE WHEN p_task.task_type IS NULL THEN '{}'
                ELSE jsonb_build_object('task_type', p_task.task_type) END,
             p_task.capabilities, v_guiding, p_task.started_at);
    END IF;

    RETURN jsonb_build_object(
        'session_id', p_task.session_id,
        'team_id', p_task.team_id,
        'task_id', p_task.id,
        'snapshot_id', p_snapshot_id,
        'attempt', p_task.attempt,
        'role', p_task.role,
        'executor', p_task.executor,
        'description', p_task.description,
        'task_type', p_task.task_type,
        'routed_number', CASE WHEN p_task.task_type IS NULL THEN 0 ELSE p_task.position + 1 END,
        'instructions', p_task.instructions,
        'capabilities', p_task.capabilities,
        'input', p_task.input,
        'timeout_seconds', p_task.timeout_seconds,
        'upstream_roles', p_task.upstream_roles,
        'upstream', v_upstream,
        'guiding', v_guiding,
        'started_at', p_task.started_at,
        'deadline_at', p_task.deadline_at
    ) || CASE WHEN p_known_role IS NULL THEN jsonb_build_object(
        'feature_name', v_run.feature_name,
        'brief', v_run.brief
    ) ELSE '{}' END;
END $$;
