-- Why: members register vehicles, so that a garage knows them by their plate. Plate and name are sealed per vehicle
-- with a key outside the database; sites get only a keyed digest, in the member's row of their directory.
-- The previous release survives it: only a new table. It writes members without vehicles until it is replaced.

CREATE TABLE vehicle (
  vehicle_id text PRIMARY KEY,
  member_id text NOT NULL REFERENCES member (member_id),
  vehicle_class text NOT NULL,
  -- Keyed, so that one plate is registered once without opening all others.
  plate_digest text NOT NULL UNIQUE,
  -- AES-256-GCM: nonce, text, tag.
  sealed bytea NOT NULL,
  registered_ms bigint NOT NULL
);
CREATE INDEX vehicle_by_member ON vehicle (member_id);
