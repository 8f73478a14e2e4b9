-- Why: after the cloud was restored nobody sells in what sites had lent it until no older pass can be valid; a person may
-- take that risk earlier for a site, by name and with a reason, once in each epoch.
-- Survives the previous release: yes, a new table that it does not read; there the loans wait for the passes.

CREATE TABLE loan_releases (
  site_id text NOT NULL REFERENCES sites,
  epoch integer NOT NULL,
  released_by text NOT NULL,
  released_ms bigint NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (site_id, epoch)
);

ALTER TABLE loan_releases ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_loan_releases ON loan_releases TO gatehouse_tenant
  USING (EXISTS (SELECT FROM sites WHERE sites.site_id = loan_releases.site_id));
GRANT SELECT ON loan_releases TO gatehouse_tenant;
