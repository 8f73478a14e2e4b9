-- Why: what the cloud tells each site, as current rows and as the log that shapes are served from.
-- Survives the previous release: yes, only new tables.

-- The position (epoch, rev) of a site's directory; its row lock orders the writers of that site.
CREATE TABLE directory_heads (
  site_id text PRIMARY KEY REFERENCES sites,
  epoch integer NOT NULL,
  rev bigint NOT NULL DEFAULT 0,
  -- Changes at or below this position are no longer in the log; older readers must refetch.
  pruned_rev bigint NOT NULL DEFAULT 0
);

CREATE TABLE site_directory (
  site_id text NOT NULL REFERENCES sites,
  kind text NOT NULL,
  key text NOT NULL,
  epoch integer NOT NULL,
  rev bigint NOT NULL,
  -- NULL is a tombstone.
  body jsonb,
  digest text NOT NULL,
  PRIMARY KEY (site_id, kind, key)
);

CREATE TABLE site_directory_log (
  site_id text NOT NULL REFERENCES sites,
  epoch integer NOT NULL,
  rev bigint NOT NULL,
  kind text NOT NULL,
  key text NOT NULL,
  operation text NOT NULL CHECK (operation IN ('insert', 'update')),
  body jsonb,
  digest text NOT NULL,
  PRIMARY KEY (site_id, rev)
);

ALTER TABLE site_directory ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_directory ON site_directory TO gatehouse_tenant
  USING (EXISTS (SELECT FROM sites WHERE sites.site_id = site_directory.site_id));
GRANT SELECT ON site_directory TO gatehouse_tenant;
