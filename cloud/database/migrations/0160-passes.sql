-- Why: members carry passes that sites believe without a network. The cloud keeps the keys it signs them with, each
-- announced 30 days before its use and honoured 30 days after it, and which passes it gave to whom.
-- Survives the previous release: yes, only new tables.

CREATE TABLE pass_signing_key (
  -- First 8 bytes of the SHA-256 of the public key, hex.
  key_id text PRIMARY KEY CHECK (key_id ~ '^[0-9a-f]{16}$'),
  -- JWK `x`.
  public_key text NOT NULL,
  -- PKCS #8, PEM.
  private_key text NOT NULL,
  announced_ms bigint NOT NULL,
  use_from_ms bigint NOT NULL,
  -- Absent until its successor is announced.
  use_to_ms bigint CHECK (use_to_ms > use_from_ms)
);

CREATE TABLE pass (
  pass_id text PRIMARY KEY,
  site_id text NOT NULL REFERENCES sites,
  kind text NOT NULL CHECK (kind IN ('booking', 'member', 'guest')),
  user_id text NOT NULL,
  member_id text NOT NULL,
  booking_id text CHECK ((booking_id IS NULL) = (kind = 'member')),
  guest_id text CHECK ((guest_id IS NULL) = (kind <> 'guest')),
  -- The holder's public key, JWK `x`.
  holder_key text NOT NULL,
  -- Of the latest renewal.
  issued_ms bigint NOT NULL,
  to_ms bigint NOT NULL CHECK (to_ms > issued_ms),
  created_ms bigint NOT NULL,
  revoked_ms bigint
);
CREATE INDEX pass_by_member ON pass (member_id, to_ms);
CREATE INDEX pass_by_end ON pass (to_ms);
ALTER TABLE pass ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON pass TO gatehouse_tenant
  USING (EXISTS (SELECT FROM sites WHERE sites.site_id = pass.site_id));
GRANT SELECT ON pass TO gatehouse_tenant;
