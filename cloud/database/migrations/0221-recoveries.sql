-- Why: a site whose box was put back to an old image, or died, goes on as its next life with the books of the one before,
-- at once where that is safe, else when a person says so.
-- Survives the previous release: yes; it admits lives as before, whose books begin with themselves.

ALTER TABLE site_incarnations ADD COLUMN machine_mark text;
ALTER TABLE site_incarnations ADD COLUMN origin text NOT NULL DEFAULT 'enrolled'
  CHECK (origin IN ('enrolled', 'recovered', 'adopted'));
-- The first life whose books this one holds; null means its own.
ALTER TABLE site_incarnations ADD COLUMN books_from integer;
-- Set when a later life took over this one's books: what it tells after this entry is kept, and posted nowhere.
ALTER TABLE streams ADD COLUMN taken_over_at_seq bigint;

-- A code that lets a new box take over a site's books; the statement says why the old box cannot be running.
ALTER TABLE enrolment_codes ADD COLUMN adopts boolean NOT NULL DEFAULT false;
ALTER TABLE enrolment_codes ADD COLUMN statement text;
ALTER TABLE enrolment_codes ADD CHECK (NOT adopts OR statement IS NOT NULL);

-- Boots of one life that were heard beside each other mean two machines.
ALTER TABLE site_health ADD COLUMN other_boot_id text;
ALTER TABLE site_health ADD COLUMN other_heard_ms bigint;

-- A life that asked for the next one because its books are older than its own past. One row per life that asked.
CREATE TABLE site_recoveries (
  site_id text NOT NULL,
  incarnation integer NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'allowed', 'refused', 'granted')),
  -- Why a person is needed.
  why text,
  machine text NOT NULL,
  asked_ms bigint NOT NULL,
  edge_seq bigint NOT NULL,
  cloud_seq bigint NOT NULL,
  granted_incarnation integer,
  decided_by text,
  decided_ms bigint,
  statement text,
  PRIMARY KEY (site_id, incarnation),
  FOREIGN KEY (site_id, incarnation) REFERENCES site_incarnations
);
ALTER TABLE site_recoveries ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_site_recoveries ON site_recoveries TO gatehouse_tenant
  USING (EXISTS (SELECT FROM sites WHERE sites.site_id = site_recoveries.site_id));
GRANT SELECT ON site_recoveries TO gatehouse_tenant;
