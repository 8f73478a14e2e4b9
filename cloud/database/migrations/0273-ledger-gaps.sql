-- Why: a cloud that was restored from a backup older than what a site keeps never counted that site as caught up. A person
-- may accept, by name and with a reason, that the entries in between are lost: the stream goes on behind a stated gap.
-- Survives the previous release: yes. It does not read the table and leaves the columns empty; a stream that goes on behind
-- a gap is one with a later head there.

ALTER TABLE site_sync ADD COLUMN pruned_seq bigint, ADD COLUMN pruned_hash text;

CREATE TABLE ledger_gaps (
  site_id text NOT NULL,
  incarnation integer NOT NULL,
  from_seq bigint NOT NULL CHECK (from_seq >= 1),
  to_seq bigint NOT NULL,
  -- Of the last lost entry, as the site told it; the next one continues it.
  hash text NOT NULL,
  accepted_by text NOT NULL,
  accepted_ms bigint NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (site_id, incarnation, to_seq),
  FOREIGN KEY (site_id, incarnation) REFERENCES site_incarnations,
  CHECK (to_seq >= from_seq)
);

ALTER TABLE ledger_gaps ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_ledger_gaps ON ledger_gaps TO gatehouse_tenant
  USING (EXISTS (SELECT FROM sites WHERE sites.site_id = ledger_gaps.site_id));
GRANT SELECT ON ledger_gaps TO gatehouse_tenant;
