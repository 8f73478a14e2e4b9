-- Why: the cloud sells inside what sites lend it (ARCHITECTURE §2), and the store itself must refuse whatever meets
-- there: a row per loan, changed only under its lock, and a row per block that the cloud sold or gave up in it.
-- Survives the previous release: yes. It knows no loans and sells none; what it writes of bookings has the defaults.

CREATE TABLE loans (
  site_id text NOT NULL REFERENCES sites,
  loan_id text NOT NULL,
  -- Of the grant; they never change.
  space_id text NOT NULL,
  from_ms bigint NOT NULL,
  to_ms bigint NOT NULL CHECK (to_ms > from_ms),
  sell_until_ms bigint NOT NULL,
  -- The epoch of the cloud that the site lent to.
  terms_epoch integer NOT NULL,
  pool_id text,
  slot integer,
  state text NOT NULL CHECK (state IN ('open', 'unconfirmed', 'suspended', 'ended', 'released')),
  -- The life of the site that granted it or last stood by it.
  incarnation integer NOT NULL,
  -- Why and by which row it ended.
  end_reason text CHECK (end_reason IN ('close', 'return', 'recall', 'restored')),
  end_epoch integer,
  end_rev bigint,
  -- The site asked for it back.
  recalled boolean NOT NULL DEFAULT false,
  granted_ms bigint NOT NULL,
  changed_ms bigint NOT NULL,
  PRIMARY KEY (site_id, loan_id),
  UNIQUE (site_id, loan_id, space_id, from_ms, to_ms),
  CHECK (state <> 'ended' OR (end_reason IS NOT NULL AND end_epoch IS NOT NULL AND end_rev IS NOT NULL)),
  -- A site lends the same time of a space once.
  CONSTRAINT loans_no_overlap EXCLUDE USING gist (site_id WITH =, space_id WITH =, int8range(from_ms, to_ms) WITH &&)
    WHERE (state <> 'released')
);
CREATE INDEX loans_to_end ON loans (least(sell_until_ms, to_ms)) WHERE state IN ('open', 'unconfirmed');
CREATE INDEX loans_to_restore ON loans (site_id) WHERE state = 'suspended';

CREATE TABLE loan_sales (
  sale_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site_id text NOT NULL REFERENCES sites,
  loan_id text NOT NULL,
  booking_id text NOT NULL,
  space_id text NOT NULL,
  loan_from_ms bigint NOT NULL,
  loan_to_ms bigint NOT NULL,
  from_ms bigint NOT NULL,
  block_to_ms bigint NOT NULL CHECK (block_to_ms > from_ms),
  -- `freed`: given up by the cloud, sold by nobody until the site confirmed the row.
  status text NOT NULL CHECK (status IN ('held', 'confirmed', 'freed')),
  hold_until_ms bigint CHECK ((hold_until_ms IS NOT NULL) = (status = 'held')),
  -- Of the booking's row that said so.
  epoch integer NOT NULL,
  rev bigint NOT NULL,
  block int8range GENERATED ALWAYS AS (int8range(from_ms, block_to_ms)) STORED,
  -- A block lies wholly inside its loan.
  FOREIGN KEY (site_id, loan_id, space_id, loan_from_ms, loan_to_ms)
    REFERENCES loans (site_id, loan_id, space_id, from_ms, to_ms),
  CHECK (loan_from_ms <= from_ms AND block_to_ms <= loan_to_ms),
  -- Nothing is sold twice; only a moved booking may meet what it left itself.
  CONSTRAINT loan_sales_no_overlap EXCLUDE USING gist
    (site_id WITH =, space_id WITH =, block WITH &&, booking_id WITH <>)
);
CREATE UNIQUE INDEX loan_sales_once ON loan_sales (site_id, loan_id, booking_id) WHERE status <> 'freed';
CREATE INDEX loan_sales_by_loan ON loan_sales (site_id, loan_id);
CREATE INDEX loan_sales_by_booking ON loan_sales (site_id, booking_id);
CREATE INDEX loan_sales_held ON loan_sales (hold_until_ms) WHERE status = 'held';

-- A sale begins in an open loan only; what was sold stands in every state.
CREATE FUNCTION refuse_sale_in_closed_loan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM loans WHERE site_id = NEW.site_id AND loan_id = NEW.loan_id AND state = 'open') THEN
    RAISE EXCEPTION 'loan % of % is not open', NEW.loan_id, NEW.site_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sale_in_open_loan BEFORE INSERT ON loan_sales
  FOR EACH ROW EXECUTE FUNCTION refuse_sale_in_closed_loan();

-- Sites that sell only what they never lend, until they have spoken with the cloud.
CREATE TABLE lending_stops (
  site_id text PRIMARY KEY REFERENCES sites,
  reason text NOT NULL,
  since_ms bigint NOT NULL
);

-- Bookings that the cloud sold stand among the others at once, with incarnation 0 and seq 0 until the site's entry
-- tells of them; so do the payments of them.
ALTER TABLE bookings
  ADD COLUMN loan_ids text[] NOT NULL DEFAULT '{}',
  -- What the site last made of it, by which its sums count; `status` is what holds.
  ADD COLUMN site_status text,
  -- Where the booking's last row stands in the directory.
  ADD COLUMN row_epoch integer,
  ADD COLUMN row_rev bigint;
CREATE INDEX bookings_displaced ON bookings (site_id, booking_id) WHERE status = 'displaced' AND loan_ids <> '{}';

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['loans', 'loan_sales', 'lending_stops']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_rows ON %1$I TO gatehouse_tenant
      USING (EXISTS (SELECT FROM sites WHERE sites.site_id = %1$I.site_id))', name);
    EXECUTE format('GRANT SELECT ON %I TO gatehouse_tenant', name);
  END LOOP;
END $$;
