-- Why: a booking of a combined space (a hall of two rooms) occupies its parts, too, and the store itself must refuse
-- whatever meets it there. The blocks that bookings occupy get a table of their own, one row per booking and space,
-- kept by a trigger, so that every writer is under the same rule.
-- Survives the previous release: yes, it writes bookings without parts, and the trigger keeps their blocks.

ALTER TABLE bookings ADD COLUMN parts text[] NOT NULL DEFAULT '{}';

-- Only bookings that hold their spaces have rows here.
CREATE TABLE booking_blocks (
  site_id text NOT NULL REFERENCES sites,
  booking_id text NOT NULL,
  space_id text NOT NULL,
  block int8range NOT NULL,
  PRIMARY KEY (site_id, booking_id, space_id),
  -- Nothing is sold twice: the store itself refuses two blocks that overlap.
  CONSTRAINT booking_blocks_no_overlap EXCLUDE USING gist (site_id WITH =, space_id WITH =, block WITH &&)
);
ALTER TABLE booking_blocks ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON booking_blocks TO gatehouse_tenant
  USING (EXISTS (SELECT FROM sites WHERE sites.site_id = booking_blocks.site_id));
GRANT SELECT ON booking_blocks TO gatehouse_tenant;

INSERT INTO booking_blocks
SELECT site_id, booking_id, space_id, block FROM bookings WHERE status IN ('held', 'confirmed', 'checked_in');

CREATE FUNCTION keep_booking_blocks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  holding CONSTANT text[] := ARRAY['held', 'confirmed', 'checked_in'];
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (OLD.status = ANY (holding)) = (NEW.status = ANY (holding)) AND OLD.space_id = NEW.space_id
      AND OLD.parts = NEW.parts AND OLD.from_ms = NEW.from_ms AND OLD.block_to_ms = NEW.block_to_ms THEN
      RETURN NULL;
    END IF;
    DELETE FROM booking_blocks WHERE site_id = OLD.site_id AND booking_id = OLD.booking_id;
  END IF;
  IF NEW.status = ANY (holding) THEN
    -- Writers of one site take turns: two that want the same spaces must not wait for each other.
    PERFORM pg_advisory_xact_lock(hashtextextended('booking_blocks ' || NEW.site_id, 0));
    INSERT INTO booking_blocks
    SELECT DISTINCT NEW.site_id, NEW.booking_id, occupied, int8range(NEW.from_ms, NEW.block_to_ms)
    FROM unnest(NEW.space_id || NEW.parts) AS occupied;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_booking_blocks AFTER INSERT OR UPDATE ON bookings
  FOR EACH ROW EXECUTE FUNCTION keep_booking_blocks();
CREATE FUNCTION drop_booking_blocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM booking_blocks WHERE site_id = OLD.site_id AND booking_id = OLD.booking_id;
  RETURN NULL;
END $$;
CREATE TRIGGER drop_booking_blocks AFTER DELETE ON bookings
  FOR EACH ROW EXECUTE FUNCTION drop_booking_blocks();

-- One rule in one place.
ALTER TABLE bookings DROP CONSTRAINT bookings_no_overlap;
