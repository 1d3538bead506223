-- Moves a due task from ready to running under a new attempt; NULL when it cannot be had.
--
-- Returns what `begin_attempt_v2` tells, with the number of the session's latest event as `seq`.
-- Asked again with the same snapshot, it tells the same again, and does nothing.
CREATE FUNCTION claim_task_v2(
    p_task_id uuid, p_snapshot_id uuid, p_worker text, p_queue_id text,
    p_lease_seconds double precision
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_task agent_tasks;
    v_head session_heads;
    v_now timestamptz;
    v_order jsonb;
BEGIN
    SELECT * INTO v_task FROM agent_tasks WHERE id = p_task_id;
    IF v_task.status = 'running' AND EXISTS (
        SELECT FROM agent_snapshots
        WHERE id = p_snapshot_id AND task_id = p_task_id AND attempt = v_task.attempt)
    THEN
        SELECT * INTO v_head FROM session_heads WHERE session_id = v_task.session_id;
        RETURN begin_attempt_v2(v_task, p_snapshot_id, NULL, true)
            || jsonb_build_object('seq', v_head.last_seq);
    END IF;
    -- A second delivery of the same id waits for no lock.
    IF v_task.status IS DISTINCT FROM 'ready' THEN
        RETURN NULL;
    END IF;

    SELECT * INTO v_head FROM session_heads
    WHERE session_id = v_task.session_id FOR NO KEY UPDATE;
    IF v_head.status IS DISTINCT FROM 'active' THEN
        RETURN NULL;
    END IF;
    v_now := clock_timestamp();  -- after the lock, so that a log never runs backwards

    UPDATE agent_tasks
    SET status = 'running', attempt = attempt + 1, lease_owner = p_worker, queue_id = p_queue_id,
        lease_until = v_now + make_interval(secs => least(p_lease_seconds, timeout_seconds)),
        deadline_at = v_now + make_interval(secs => timeout_seconds),
        started_at = v_now, finished_at = NULL
    WHERE id = p_task_id AND status = 'ready' AND due_at <= v_now
    RETURNING * INTO v_task;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;

    v_order := begin_attempt_v2(v_task, p_snapshot_id, NULL, false);
    UPDATE session_heads SET last_seq = v_head.last_seq + 1, updated_at = v_now
    WHERE session_id = v_task.session_id;
    INSERT INTO session_events (session_id, team_id, seq, type, version, payload, at)
    VALUES (v_task.session_id, v_task.team_id, v_head.last_seq + 1, 'task_started', 1,
            jsonb_build_object('task_id', p_task_id, 'attempt', v_task.attempt, 'worker', p_worker),
            v_now);
    RETURN v_order || jsonb_build_object('seq', v_head.last_seq + 1);
END $$;
