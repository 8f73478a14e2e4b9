-- Why: entries of every site arrive once, in order, and stay with their original bytes.
-- Survives the previous release: yes, only new tables.

-- One stream per life of a site; its head is the only acknowledgement a site gets.
CREATE TABLE streams (
  site_id text NOT NULL,
  incarnation integer NOT NULL,
  head_seq bigint NOT NULL DEFAULT 0,
  head_hash text NOT NULL DEFAULT repeat('0', 64),
  PRIMARY KEY (site_id, incarnation),
  FOREIGN KEY (site_id, incarnation) REFERENCES site_incarnations
);

-- Durable Streams 5.2.1: the last request each idempotent producer got through.
CREATE TABLE producers (
  site_id text NOT NULL,
  incarnation integer NOT NULL,
  producer_id text NOT NULL,
  epoch bigint NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (site_id, incarnation, producer_id),
  FOREIGN KEY (site_id, incarnation) REFERENCES streams
);

-- Partitioned by site, so that one site's history can be moved or dropped alone, and ingest of many sites
-- does not meet in one index.
CREATE TABLE ledger_entries (
  site_id text NOT NULL,
  incarnation integer NOT NULL,
  seq bigint NOT NULL,
  hash text NOT NULL,
  type text NOT NULL,
  wall_ms bigint NOT NULL,
  received_ms bigint NOT NULL,
  -- RFC 8785 text: the very bytes that the hash covers.
  entry text NOT NULL,
  PRIMARY KEY (site_id, incarnation, seq)
) PARTITION BY HASH (site_id);
CREATE TABLE ledger_entries_0 PARTITION OF ledger_entries FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TABLE ledger_entries_1 PARTITION OF ledger_entries FOR VALUES WITH (MODULUS 4, REMAINDER 1);
CREATE TABLE ledger_entries_2 PARTITION OF ledger_entries FOR VALUES WITH (MODULUS 4, REMAINDER 2);
CREATE TABLE ledger_entries_3 PARTITION OF ledger_entries FOR VALUES WITH (MODULUS 4, REMAINDER 3);
CREATE INDEX ledger_entries_by_time ON ledger_entries (site_id, wall_ms);

-- What was told but could not be posted: forks, unreadable entries, contradictions.
CREATE TABLE quarantine (
  site_id text NOT NULL,
  incarnation integer NOT NULL,
  seq bigint NOT NULL,
  hash text NOT NULL,
  reason text NOT NULL,
  detail text NOT NULL,
  entry text NOT NULL,
  quarantined_ms bigint NOT NULL,
  PRIMARY KEY (site_id, incarnation, seq, hash)
);

-- What a person at HQ must look at.
CREATE TABLE exceptions (
  exception_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site_id text NOT NULL REFERENCES sites,
  kind text NOT NULL,
  -- Names the case, so that the same case opens once.
  about text NOT NULL,
  detail jsonb NOT NULL,
  opened_ms bigint NOT NULL,
  closed_ms bigint
);
CREATE UNIQUE INDEX exceptions_open_once ON exceptions (site_id, kind, about) WHERE closed_ms IS NULL;

-- How far each stream has been projected; moves in the transaction of the projected rows.
CREATE TABLE projection_positions (
  site_id text NOT NULL,
  incarnation integer NOT NULL,
  seq bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (site_id, incarnation)
);

ALTER TABLE ledger_entries ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_entries ON ledger_entries TO gatehouse_tenant
  USING (EXISTS (SELECT FROM sites WHERE sites.site_id = ledger_entries.site_id));
ALTER TABLE exceptions ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_exceptions ON exceptions TO gatehouse_tenant
  USING (EXISTS (SELECT FROM sites WHERE sites.site_id = exceptions.site_id));
GRANT SELECT ON ledger_entries, exceptions TO gatehouse_tenant;
