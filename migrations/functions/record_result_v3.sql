-- Records an attempt's result, and what it leads to; NULL when the attempt has lost its task.
--
-- The call is one JSON value, see below: many typed arguments cost more than the work. The fence is
-- `attempt = c.attempt AND status = 'running'`. Artifacts, decisions and events come as lists of
-- their columns; a decision's `event` is its place among the events, from 1.
--
-- With `goes_on` the session goes on: tasks whose every predecessor has completed become ready,
-- and when none is left to do the session completes, unless it stays open. One task that is ready then and whose
-- executor is among `take_along` is claimed for the same worker, under `next_snapshot_id`.
-- Those that a gate stands before wait for its approval instead, which is requested here.
-- Freed tasks, but for those whose executor is among `not_queued`, come back as `queued`; with
-- `are_sent` they are stamped as dispatched, for a caller that puts them into the queue itself.
--
-- Asked again after it went through, it tells the same again, and does nothing.
CREATE FUNCTION record_result_v3(p_call jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    c record;  -- what the call says
    v_head session_heads;
    v_task agent_tasks;
    v_next agent_tasks;
    v_now timestamptz;
    v_done text[];
    v_events jsonb;
    v_freed jsonb;
    v_has_gate boolean;
    v_asked jsonb;
    v_queued jsonb;
    v_order jsonb;
    v_outcome text;
BEGIN
    SELECT * INTO c FROM jsonb_to_record(p_call) AS (
        session_id uuid, task_id uuid, attempt integer, snapshot_id uuid,
        output jsonb, output_sha256 text, execution jsonb,
        artifacts jsonb, decisions jsonb, events jsonb,
        goes_on boolean, are_sent boolean, not_queued text[], take_along text[],
        next_snapshot_id uuid, worker text, lease_seconds double precision);
    v_events := c.events;

    SELECT * INTO v_head FROM session_heads
    WHERE session_id = c.session_id FOR NO KEY UPDATE;
    v_now := clock_timestamp();  -- after the lock, so that a log never runs backwards

    UPDATE agent_tasks
    SET status = 'completed', output = c.output, output_sha256 = c.output_sha256,
        error_code = NULL, error_message = NULL, finished_at = v_now, due_at = NULL,
        lease_owner = NULL, lease_until = NULL, deadline_at = NULL,
        dispatched_at = NULL, dispatches = 0
    WHERE id = c.task_id AND session_id = c.session_id
        AND attempt = c.attempt AND status = 'running'
    RETURNING * INTO v_task;

    IF NOT FOUND THEN
        SELECT * INTO v_task FROM agent_tasks
        WHERE id = c.task_id AND attempt = c.attempt AND status = 'completed';
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        SELECT task.* INTO v_next FROM agent_snapshots AS snapshot
        JOIN agent_tasks AS task ON task.id = snapshot.task_id AND task.attempt = snapshot.attempt
        WHERE snapshot.id = c.next_snapshot_id AND task.status = 'running';
        IF FOUND THEN
            v_order := begin_attempt_v2(v_next, c.next_snapshot_id, v_task.role, true);
        END IF;
        SELECT jsonb_agg(id ORDER BY position) INTO v_queued FROM agent_tasks
        WHERE session_id = c.session_id AND status = 'ready' AND due_at = v_task.finished_at
            AND executor <> ALL (c.not_queued);
        RETURN jsonb_build_object(
            'seq', v_head.last_seq,
            'queued', coalesce(v_queued, '[]'), 'next', v_order, 'is_repeat', true);
    END IF;

    UPDATE agent_snapshots
    SET ended_as = 'completed', ended_at = v_now, execution = c.execution || jsonb_build_object(
        'duration_seconds', extract(epoch FROM v_now - v_task.started_at))
    WHERE id = c.snapshot_id AND ended_at IS NULL;

    IF c.output_sha256 IS NOT NULL THEN
        INSERT INTO snapshot_contents (session_id, team_id, sha256, body)
        VALUES (c.session_id, v_task.team_id, c.output_sha256, c.output)
        ON CONFLICT DO NOTHING;
    END IF;

    IF c.artifacts <> '[]' THEN
        INSERT INTO artifacts
            (id, session_id, team_id, task_id, attempt, agent_role, slug, kind, media_type, title,
             body, evidence, links, validation, created_at)
        SELECT one.id, c.session_id, v_task.team_id, c.task_id, c.attempt, v_task.role, one.slug,
               one.kind, one.media_type, one.title, one.body, one.evidence, one.links,
               one.validation, v_now
        FROM jsonb_to_recordset(c.artifacts) AS one(
            id uuid, slug text, kind text, media_type text, title text, body text,
            evidence jsonb, links jsonb, validation jsonb);
    END IF;

    IF c.decisions <> '[]' THEN
        INSERT INTO session_decisions
            (id, session_id, team_id, author_role, text, rationale, category, confidence,
             alternatives, evidence, revisit_trigger, seq, created_at)
        SELECT one.id, c.session_id, v_task.team_id, v_task.role, one.text, one.rationale,
               one.category, one.confidence, one.alternatives, one.evidence, one.revisit_trigger,
               v_head.last_seq + one.event, v_now
        FROM jsonb_to_recordset(c.decisions) AS one(
            id uuid, strategic boolean, text text, rationale text, category text, confidence text,
            alternatives jsonb, evidence jsonb, revisit_trigger text, event bigint)
        WHERE one.strategic;
        INSERT INTO task_decisions
            (id, session_id, team_id, task_id, attempt, author_role, text, rationale, category,
             confidence, alternatives, evidence, revisit_trigger, seq, created_at)
        SELECT one.id, c.session_id, v_task.team_id, c.task_id, c.attempt, v_task.role, one.text,
               one.rationale, one.category, one.confidence, one.alternatives, one.evidence,
               one.revisit_trigger, v_head.last_seq + one.event, v_now
        FROM jsonb_to_recordset(c.decisions) AS one(
            id uuid, strategic boolean, text text, rationale text, category text, confidence text,
            alternatives jsonb, evidence jsonb, revisit_trigger text, event bigint)
        WHERE NOT one.strategic;
    END IF;

    -- In a session that has failed, nothing is freed and nothing completes.
    IF c.goes_on AND v_head.status IN ('active', 'paused') THEN
        v_done := ARRAY(SELECT role FROM agent_tasks
                        WHERE session_id = c.session_id AND status = 'completed');

        SELECT jsonb_agg(jsonb_build_object('type', 'task_ready', 'version', 1,
                    'payload', jsonb_build_object('task_id', id)) ORDER BY position)
                FILTER (WHERE gate IS NULL),
            bool_or(gate IS NOT NULL)
        INTO v_freed, v_has_gate FROM agent_tasks
        WHERE session_id = c.session_id AND status = 'blocked' AND after_roles <@ v_done;
        v_events := v_events || coalesce(v_freed, '[]');

        IF v_has_gate THEN
            WITH gated AS (
                UPDATE agent_tasks SET status = 'waiting', error_code = NULL, error_message = NULL
                WHERE session_id = c.session_id AND status = 'blocked' AND after_roles <@ v_done
                    AND gate IS NOT NULL
                RETURNING *
            ), asked AS (
                INSERT INTO approvals
                    (id, session_id, team_id, task_id, attempt, asked_by, approver_role, question,
                     on_expiry, requested_at, expires_at)
                SELECT (gate ->> 'approval_id')::uuid, session_id, team_id, id, attempt, 'gate',
                       gate ->> 'approver_role', gate ->> 'question', gate ->> 'on_expiry', v_now,
                       v_now + make_interval(
                           secs => (gate ->> 'expires_after_seconds')::double precision)
                FROM gated
            )
            SELECT jsonb_agg(body ORDER BY position, number) INTO v_asked
            FROM gated, LATERAL (VALUES
                (1, jsonb_build_object('type', 'approval_requested', 'version', 1, 'payload',
                    jsonb_build_object('approval_id', gate ->> 'approval_id', 'task_id', id,
                        'approver_role', gate ->> 'approver_role', 'question', gate ->> 'question'))),
                (2, jsonb_build_object('type', 'task_waiting', 'version', 1, 'payload',
                    jsonb_build_object('task_id', id, 'attempt', attempt,
                        'approval_id', gate ->> 'approval_id')))
            ) AS said(number, body);
            v_events := v_events || coalesce(v_asked, '[]');
        END IF;

        IF v_head.status = 'active' THEN
            SELECT * INTO v_next FROM agent_tasks
            WHERE session_id = c.session_id AND executor = ANY (c.take_along)
                AND (status = 'blocked' AND after_roles <@ v_done AND gate IS NULL
                     OR status = 'ready' AND due_at <= v_now)
            ORDER BY position LIMIT 1;
        END IF;
        IF v_next.id IS NOT NULL THEN
            UPDATE agent_tasks
            SET status = 'running', attempt = attempt + 1, started_at = v_now, finished_at = NULL,
                due_at = CASE status WHEN 'ready' THEN due_at ELSE v_now END,
                error_code = CASE status WHEN 'ready' THEN error_code END,
                error_message = CASE status WHEN 'ready' THEN error_message END,
                lease_owner = c.worker, queue_id = NULL,
                lease_until = v_now + make_interval(secs => least(c.lease_seconds, timeout_seconds)),
                deadline_at = v_now + make_interval(secs => timeout_seconds)
            WHERE id = v_next.id
            RETURNING * INTO v_next;
            v_order := begin_attempt_v2(v_next, c.next_snapshot_id, v_task.role, false);
            v_events := v_events || jsonb_build_object('type', 'task_started', 'version', 1,
                'payload', jsonb_build_object(
                    'task_id', v_next.id, 'attempt', v_next.attempt, 'worker', c.worker));
        END IF;

        IF v_freed IS NOT NULL THEN
            WITH freed AS (
                UPDATE agent_tasks
                SET status = 'ready', due_at = v_now, error_code = NULL, error_message = NULL,
                    dispatched_at = CASE WHEN c.are_sent AND executor <> ALL (c.not_queued)
                                         THEN v_now END,
                    dispatches = CASE WHEN c.are_sent AND executor <> ALL (c.not_queued)
                                      THEN 1 ELSE 0 END
                WHERE session_id = c.session_id AND status = 'blocked' AND after_roles <@ v_done
                    AND gate IS NULL
                RETURNING id, position, executor
            )
            SELECT jsonb_agg(id ORDER BY position) INTO v_queued FROM freed
            WHERE executor <> ALL (c.not_queued);
        ELSIF v_next.id IS NULL AND v_asked IS NULL AND NOT v_head.stays_open AND NOT EXISTS (
            SELECT FROM agent_tasks WHERE session_id = c.session_id AND status <> 'completed')
        THEN
            v_head.status := 'completed';
            -- What was routed is done; only a pipeline leaves a plan.
            UPDATE execution_sessions
            SET ended_at = v_now, outcome = CASE WHEN pipeline IS NOT NULL THEN 'planned' END
            WHERE id = c.session_id RETURNING outcome INTO v_outcome;
            v_events := v_events || jsonb_build_object('type', 'session_completed', 'version', 1,
                'payload', jsonb_build_object('outcome', v_outcome));
        END IF;
    END IF;

    INSERT INTO session_events (session_id, team_id, seq, type, version, payload, at)
    SELECT c.session_id, v_task.team_id, v_head.last_seq + place, one ->> 'type',
           (one ->> 'version')::integer, one -> 'payload', v_now
    FROM jsonb_array_elements(v_events) WITH ORDINALITY AS entry(one, place);
    v_head.last_seq := v_head.last_seq + jsonb_array_length(v_events);
    UPDATE session_heads
    SET last_seq = v_head.last_seq, status = v_head.status, updated_at = v_now
    WHERE session_id = c.session_id;

    RETURN jsonb_build_object(
        'seq', v_head.last_seq,
        'queued', coalesce(v_queued, '[]'), 'next', v_order, 'is_repeat', false);
END $$;
