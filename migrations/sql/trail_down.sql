-- Takes the trail away, its entries included: the triggers of attached tables go with their functions.
DROP EVENT TRIGGER trail_follow;
DROP EVENT TRIGGER trail_bury;
DROP FUNCTION IF EXISTS public.records_seen(text, bigint[]);
DROP SCHEMA trail CASCADE;
