-- Takes the recycle bin away, what lies in it included: the triggers that fill it go with their function.
DROP FUNCTION public.bring_back(text, bigint);
DROP FUNCTION gate.keep() CASCADE;
DROP FUNCTION gate.coming_back(), gate.binned(text, int, bigint, text, timestamptz, timestamptz, bigint), gate.take_out(text, bigint),
    gate.taken_out(bigint[]), gate.empty_bin(int), gate.purge_bin(text, bigint);
DROP TABLE gate.bin;
