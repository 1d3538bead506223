-- Deletes the oldest events of a chain that are sealed and older than `before`, at most `most`, and
-- notes in the chain up to which number. Seals stay. It stops at the first event that is younger
-- or not there, so that what somebody else removed stays to be found; and nothing of the last day
-- is dropped, whatever `before` says.
CREATE FUNCTION drop_audit_events_v1(of_chain uuid, before timestamptz, most integer)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    edge timestamptz := least(before, clock_timestamp() - interval '1 day');
    of_team uuid := nullif(of_chain, '00000000-0000-0000-0000-000000000000');
    done bigint;
    through bigint;
    dropped bigint;
BEGIN
    SELECT coalesce(max((event.details ->> 'through')::bigint), 0) INTO done
    FROM audit_events AS event
    WHERE event.team_id IS NOT DISTINCT FROM of_team AND event.kind = 'audit.dropped';

    SELECT max(walked.number) INTO through
    FROM (
        SELECT looked_at.number,
            bool_and(coalesce(event.at < edge, false)) OVER (ORDER BY looked_at.number) AS is_old
        FROM (
            SELECT seal.number, seal.event_id FROM audit_seals AS seal
            WHERE seal.chain = of_chain AND seal.number > done
            ORDER BY seal.number LIMIT most
        ) AS looked_at
        LEFT JOIN audit_events AS event ON event.id = looked_at.event_id
    ) AS walked
    WHERE walked.is_old;
    IF through IS NULL THEN
        RETURN 0;
    END IF;

    PERFORM set_config('sage.audit_drop', 'on', true);
    DELETE FROM audit_events AS event USING audit_seals AS seal
    WHERE seal.chain = of_chain AND seal.number > done AND seal.number <= through
        AND event.id = seal.event_id;
    GET DIAGNOSTICS dropped = ROW_COUNT;
    PERFORM set_config('sage.audit_drop', '', true);

    INSERT INTO audit_events (team_id, kind, actor, details)
    VALUES (of_team, 'audit.dropped', 'system', jsonb_build_object(
        'from', done + 1, 'through', through, 'rows', dropped, 'before', edge));
    RETURN dropped;
END
$$
