-- Notes in the audit that a pipeline's gate asks: whatever enters its question, a launch, a result or
-- a retry, does it in the same transaction.
CREATE FUNCTION note_gate_v1() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_events (team_id, kind, actor, subject, trace_id, details)
    SELECT NEW.team_id, 'approval.requested', 'system', NEW.question, task.trace_id,
        jsonb_build_object('approval_id', NEW.id, 'session_id', NEW.session_id, 'role', task.role,
            'approver_role', NEW.approver_role, 'asked_by', NEW.asked_by)
    FROM agent_tasks AS task WHERE task.id = NEW.task_id;
    RETURN NULL;
END
$$
