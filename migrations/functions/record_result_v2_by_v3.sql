-- Workers of the versions before call the second version, or the first, which calls it; they must
-- pass no gate.
CREATE OR REPLACE FUNCTION record_result_v2(p_call jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT record_result_v3(p_call)
$$;
