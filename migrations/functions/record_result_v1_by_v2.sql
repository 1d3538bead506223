-- A worker of the version before calls the first version; it must end no session that stays open.
CREATE OR REPLACE FUNCTION record_result_v1(p_call jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT record_result_v2(p_call)
$$;
