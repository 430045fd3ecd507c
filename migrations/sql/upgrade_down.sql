DROP FUNCTION work.back_up_now();
