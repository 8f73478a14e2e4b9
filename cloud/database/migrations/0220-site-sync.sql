-- Why: HQ must see how each life of a site compared with the cloud when it last called (in step, ahead, from an old
-- image, another history, replaced), and why the present epoch of the cloud's promises began.
-- Survives the previous release: yes, a new table and columns that it does not read.

ALTER TABLE cloud_identity ADD COLUMN epoch_reason text;
ALTER TABLE cloud_identity ADD COLUMN epoch_began_ms bigint;

-- One row per life: the outcome of its last handshake.
CREATE TABLE site_sync (
  site_id text NOT NULL,
  incarnation integer NOT NULL,
  state text NOT NULL CHECK (state IN ('in_step', 'edge_ahead', 'cloud_ahead', 'fork', 'older_life')),
  -- When the state was first seen, and when it was seen last.
  since_ms bigint NOT NULL,
  seen_ms bigint NOT NULL,
  edge_seq bigint NOT NULL,
  cloud_seq bigint NOT NULL,
  version text NOT NULL,
  PRIMARY KEY (site_id, incarnation),
  FOREIGN KEY (site_id, incarnation) REFERENCES site_incarnations
);

ALTER TABLE site_sync ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_site_sync ON site_sync TO gatehouse_tenant
  USING (EXISTS (SELECT FROM sites WHERE sites.site_id = site_sync.site_id));
GRANT SELECT ON site_sync TO gatehouse_tenant;
