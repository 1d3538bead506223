-- Enters what was inserted among what waits for its seal; visible when it commits, as the rows are.
CREATE FUNCTION queue_audit_events_v1() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_unsealed (event_id) SELECT id FROM added;
    RETURN NULL;
END
$$
