-- Refuses whatever would change or remove rows of the audit. Only retention's function sets the
-- word that lets rows go, for the time of its own statement.
CREATE FUNCTION refuse_audit_change_v1() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' AND current_setting('sage.audit_drop', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION USING
        MESSAGE = 'rows of ' || TG_TABLE_NAME || ' are only ever inserted',
        ERRCODE = 'insufficient_privilege';
END
$$
