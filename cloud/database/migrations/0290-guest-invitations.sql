-- Why: a member invites guests to a booking, each with a link that the first phone spends on a pass of its own. The cloud
-- keeps the digest of the link's secret, never the secret, and the guest's name sealed.
-- Survives the previous release: yes, only a new table and an index.

CREATE TABLE guest_invitation (
  guest_id text PRIMARY KEY,
  booking_id text NOT NULL,
  site_id text NOT NULL REFERENCES sites,
  user_id text NOT NULL,
  member_id text NOT NULL,
  -- SHA-256 of the secret, hex.
  secret_digest text NOT NULL UNIQUE CHECK (secret_digest ~ '^[0-9a-f]{64}$'),
  -- The guest's name, sealed for `guest_id`; absent when the member wrote none.
  sealed_name bytea,
  invited_ms bigint NOT NULL,
  -- End of the booking at that time: the row is forgotten some weeks later.
  to_ms bigint NOT NULL,
  -- Of the phone that opened the link first, JWK `x`.
  holder_key text,
  opened_ms bigint CHECK ((opened_ms IS NULL) = (holder_key IS NULL)),
  taken_back_ms bigint
);
CREATE INDEX guest_invitation_by_booking ON guest_invitation (booking_id, invited_ms);
CREATE INDEX guest_invitation_by_end ON guest_invitation (to_ms);
ALTER TABLE guest_invitation ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON guest_invitation TO gatehouse_tenant
  USING (EXISTS (SELECT FROM sites WHERE sites.site_id = guest_invitation.site_id));
GRANT SELECT ON guest_invitation TO gatehouse_tenant;

-- Passes of guests that are looked at every few seconds: those whose booking may have been cancelled.
CREATE INDEX pass_of_guests ON pass (to_ms) WHERE kind = 'guest' AND revoked_ms IS NULL;
