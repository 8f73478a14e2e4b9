-- Why: a site goes on between its reports; the last comparison at a common entry must be kept.
-- Survives the previous release: yes, only a new table.

CREATE TABLE reconciliations (
  site_id text PRIMARY KEY REFERENCES sites,
  incarnation integer NOT NULL,
  result jsonb NOT NULL
);
ALTER TABLE reconciliations ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON reconciliations TO gatehouse_tenant
  USING (EXISTS (SELECT FROM sites WHERE sites.site_id = reconciliations.site_id));
GRANT SELECT ON reconciliations TO gatehouse_tenant;
