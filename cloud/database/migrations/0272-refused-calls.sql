-- Why: calls with forged tokens of a site, and entries of another site or life in its stream, left only a line in the log.
-- They are counted by site, kind and UTC day, so that a flood fills no table, and HQ gets one case for each kind.
-- Survives the previous release: yes, a new table that it does not read.

CREATE TABLE refused_calls (
  site_id text NOT NULL REFERENCES sites,
  kind text NOT NULL CHECK (kind IN ('forged_token', 'wrong_stream')),
  day_ms bigint NOT NULL,
  calls bigint NOT NULL CHECK (calls > 0),
  first_ms bigint NOT NULL,
  last_ms bigint NOT NULL,
  PRIMARY KEY (site_id, kind, day_ms)
);

ALTER TABLE refused_calls ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_refused_calls ON refused_calls TO gatehouse_tenant
  USING (EXISTS (SELECT FROM sites WHERE sites.site_id = refused_calls.site_id));
GRANT SELECT ON refused_calls TO gatehouse_tenant;
