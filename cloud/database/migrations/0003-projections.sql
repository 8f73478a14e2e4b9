-- Why: what the entries mean, in tables that APIs and reconciliation read. Every row names the entry that
-- wrote it last. Survives the previous release: yes, only new tables.

CREATE TABLE bookings (
  site_id text NOT NULL REFERENCES sites,
  booking_id text NOT NULL,
  incarnation integer NOT NULL,
  seq bigint NOT NULL,
  space_id text NOT NULL,
  status text NOT NULL CHECK (status IN
    ('held', 'confirmed', 'checked_in', 'completed', 'cancelled', 'no_show', 'expired', 'displaced')),
  member_id text,
  guest_id text,
  reference text NOT NULL,
  from_ms bigint NOT NULL,
  to_ms bigint NOT NULL CHECK (to_ms > from_ms),
  -- The end of the block: the interval plus the gap of its space.
  block_to_ms bigint NOT NULL CHECK (block_to_ms >= to_ms),
  hold_until_ms bigint NOT NULL,
  price jsonb NOT NULL,
  fee_minor bigint NOT NULL DEFAULT 0,
  paid_minor bigint NOT NULL DEFAULT 0,
  refunded_minor bigint NOT NULL DEFAULT 0,
  paid_by text,
  held_ms bigint NOT NULL,
  block int8range GENERATED ALWAYS AS (int8range(from_ms, block_to_ms)) STORED,
  PRIMARY KEY (site_id, booking_id),
  -- Nothing is sold twice: the store itself refuses two blocks that overlap.
  CONSTRAINT bookings_no_overlap EXCLUDE USING gist (site_id WITH =, space_id WITH =, block WITH &&)
    WHERE (status IN ('held', 'confirmed', 'checked_in'))
);
CREATE INDEX bookings_by_id ON bookings (booking_id);
CREATE INDEX bookings_by_member ON bookings (member_id, from_ms) WHERE member_id IS NOT NULL;

CREATE TABLE payments (
  site_id text NOT NULL REFERENCES sites,
  payment_id text NOT NULL,
  incarnation integer NOT NULL,
  seq bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('captured', 'refunded')),
  of_payment_id text,
  booking_id text,
  session_id text,
  method text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
  currency text NOT NULL,
  taken_by text NOT NULL,
  at_ms bigint NOT NULL,
  PRIMARY KEY (site_id, payment_id),
  CHECK ((booking_id IS NULL) <> (session_id IS NULL))
);
CREATE INDEX payments_by_time ON payments (site_id, at_ms);

CREATE TABLE parking_sessions (
  site_id text NOT NULL REFERENCES sites,
  session_id text NOT NULL,
  incarnation integer NOT NULL,
  seq bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('authorised', 'inside', 'paid', 'departing', 'departed', 'voided')),
  ticket text NOT NULL,
  vehicle_id text,
  vehicle_class text NOT NULL,
  space_id text,
  zone_id text,
  entry_lane_id text NOT NULL,
  exit_lane_id text,
  tariff_id text NOT NULL,
  tariff_version integer NOT NULL,
  arrived_ms bigint NOT NULL,
  entered_ms bigint,
  departed_ms bigint,
  charged_minor bigint NOT NULL DEFAULT 0,
  paid_minor bigint NOT NULL DEFAULT 0,
  debt_minor bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (site_id, session_id)
);
CREATE INDEX parking_sessions_inside ON parking_sessions (site_id, zone_id)
  WHERE entered_ms IS NOT NULL AND departed_ms IS NULL;

CREATE TABLE access_events (
  site_id text NOT NULL REFERENCES sites,
  incarnation integer NOT NULL,
  seq bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('granted', 'refused')),
  door_id text NOT NULL,
  credential_id text,
  member_id text,
  booking_id text,
  reason text NOT NULL,
  effect_id text,
  at_ms bigint NOT NULL,
  PRIMARY KEY (site_id, incarnation, seq)
);

CREATE TABLE effects (
  site_id text NOT NULL REFERENCES sites,
  effect_id text NOT NULL,
  incarnation integer NOT NULL,
  seq bigint NOT NULL,
  outcome text NOT NULL,
  detail text,
  at_ms bigint NOT NULL,
  PRIMARY KEY (site_id, effect_id)
);

CREATE TABLE door_states (
  site_id text NOT NULL REFERENCES sites,
  door_id text NOT NULL,
  incarnation integer NOT NULL,
  seq bigint NOT NULL,
  state text NOT NULL,
  since_ms bigint NOT NULL,
  PRIMARY KEY (site_id, door_id)
);

-- What bay sensors say: occupied or not, per space.
CREATE TABLE space_states (
  site_id text NOT NULL REFERENCES sites,
  space_id text NOT NULL,
  incarnation integer NOT NULL,
  seq bigint NOT NULL,
  occupied boolean NOT NULL,
  since_ms bigint NOT NULL,
  PRIMARY KEY (site_id, space_id)
);

CREATE TABLE incidents (
  site_id text NOT NULL REFERENCES sites,
  incident_id text NOT NULL,
  incarnation integer NOT NULL,
  seq bigint NOT NULL,
  kind text NOT NULL,
  about text NOT NULL,
  at_ms bigint NOT NULL,
  PRIMARY KEY (site_id, incident_id)
);

-- Vehicles inside, per zone, as a view over sessions: it cannot disagree with them.
CREATE VIEW occupancy WITH (security_invoker = true) AS
  SELECT site_id, zone_id, count(*)::integer AS inside
  FROM parking_sessions
  WHERE entered_ms IS NOT NULL AND departed_ms IS NULL AND zone_id IS NOT NULL
  GROUP BY site_id, zone_id;

-- The site's answer to a request row, for the HTTP call that waits and for the job that settles it.
CREATE TABLE request_answers (
  site_id text NOT NULL REFERENCES sites,
  request_id text NOT NULL,
  incarnation integer NOT NULL,
  seq bigint NOT NULL,
  type text NOT NULL,
  body jsonb NOT NULL,
  at_ms bigint NOT NULL,
  PRIMARY KEY (site_id, request_id)
);
CREATE INDEX request_answers_by_request ON request_answers (request_id);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['bookings', 'payments', 'parking_sessions', 'access_events', 'effects',
    'door_states', 'space_states', 'incidents', 'request_answers']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_rows ON %1$I TO gatehouse_tenant
      USING (EXISTS (SELECT FROM sites WHERE sites.site_id = %1$I.site_id))', name);
    EXECUTE format('GRANT SELECT ON %I TO gatehouse_tenant', name);
  END LOOP;
END $$;
GRANT SELECT ON occupancy TO gatehouse_tenant;
