-- Why: the cloud must know who operates which site, which lives (incarnations) of a site it has admitted,
-- and who it is itself. Survives the previous release: there is none.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Requests on behalf of an operator run under this role, so that row-level security binds them.
DO $$ BEGIN
  CREATE ROLE gatehouse_tenant NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
  EXECUTE format('GRANT gatehouse_tenant TO %I', current_user);
EXCEPTION WHEN insufficient_privilege OR invalid_grant_operation THEN NULL;
END $$;

-- What makes this cloud itself: its signing key and the epoch of its promises.
CREATE TABLE cloud_identity (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  epoch integer NOT NULL CHECK (epoch >= 1),
  public_key text NOT NULL,
  private_key text NOT NULL,
  -- Signs log-in cookies; the same for every process.
  login_secret text NOT NULL,
  -- PostgreSQL's system identifier and timeline when the epoch began; another value means a restore.
  database_identity text NOT NULL
);

CREATE TABLE operators (
  operator_id text PRIMARY KEY,
  name text NOT NULL
);

CREATE TABLE sites (
  site_id text PRIMARY KEY,
  operator_id text NOT NULL REFERENCES operators,
  -- The newest life of the site; 0 before the first enrolment.
  incarnation integer NOT NULL DEFAULT 0 CHECK (incarnation >= 0),
  created_ms bigint NOT NULL
);
CREATE INDEX sites_by_operator ON sites (operator_id);

-- 32 bytes, base64url: keys the digests of directory rows and credentials. Never read by tenants.
CREATE TABLE site_secrets (
  site_id text PRIMARY KEY REFERENCES sites,
  site_key text NOT NULL
);

CREATE TABLE site_incarnations (
  site_id text NOT NULL REFERENCES sites,
  incarnation integer NOT NULL CHECK (incarnation >= 1),
  public_key text NOT NULL,
  machine text NOT NULL,
  enrolled_ms bigint NOT NULL,
  PRIMARY KEY (site_id, incarnation)
);

CREATE TABLE enrolment_codes (
  -- SHA-256 hex of the code.
  code_digest text PRIMARY KEY,
  site_id text NOT NULL REFERENCES sites,
  expires_ms bigint NOT NULL,
  used_ms bigint,
  -- Who used it, so that a lost answer can be given again to the same key.
  incarnation integer
);

-- Last-value health from heartbeats.
CREATE TABLE site_health (
  site_id text PRIMARY KEY REFERENCES sites,
  incarnation integer NOT NULL,
  heard_ms bigint NOT NULL,
  heartbeat jsonb NOT NULL
);

ALTER TABLE operators ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_operator ON operators TO gatehouse_tenant
  USING (operator_id = current_setting('gatehouse.operator', true));
ALTER TABLE sites ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_sites ON sites TO gatehouse_tenant
  USING (operator_id = current_setting('gatehouse.operator', true));
ALTER TABLE site_health ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_site_health ON site_health TO gatehouse_tenant
  USING (EXISTS (SELECT FROM sites WHERE sites.site_id = site_health.site_id));
GRANT SELECT ON operators, sites, site_health TO gatehouse_tenant;
