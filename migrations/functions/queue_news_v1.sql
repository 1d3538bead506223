-- Enters an event among what is to be told; visible when it commits, as the event is.
CREATE FUNCTION queue_news_v1() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO untold_events (session_id, seq) VALUES (NEW.session_id, NEW.seq);
    RETURN NULL;
END
$$
