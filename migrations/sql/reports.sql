-- What reports are printed from: a month's figures as they were, kept under the hash of their text.
CREATE TABLE report_snapshot (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    store_id bigint NOT NULL REFERENCES store (id),
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    sha256 text NOT NULL CHECK (sha256 = encode(sha256(convert_to(content, 'UTF8')), 'hex')),
    content text NOT NULL, -- canonical JSON; no protected value
    made_at timestamptz NOT NULL,
    UNIQUE (store_id, month, sha256)
);
ALTER TABLE report_snapshot ENABLE ROW LEVEL SECURITY;
CREATE POLICY system ON report_snapshot TO forecourt_worker USING ((SELECT gate.ticket() ->> 'k') = 'system');
GRANT SELECT, INSERT ON report_snapshot TO forecourt_worker;
