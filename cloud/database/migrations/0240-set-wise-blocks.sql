-- Why: keeping the blocks that bookings occupy was the dearest part of projecting a ledger. The exclusion compared two
-- texts of any length for each page of its index, and a trigger ran for every row.
-- Survives the previous release: yes, it writes bookings as before; what it asks of blocks is answered by the primary key.

-- Digests of 64 bits stand for site and space: equal texts have equal digests, so that nothing is sold twice. Two
-- spaces of one site that share a digest would only refuse each other; among 5,000 the chance is 1 in 10^12.
ALTER TABLE booking_blocks
  ADD COLUMN site_key bigint NOT NULL GENERATED ALWAYS AS (hashtextextended(site_id, 0)) STORED,
  ADD COLUMN space_key bigint NOT NULL GENERATED ALWAYS AS (hashtextextended(space_id, 0)) STORED;
ALTER TABLE booking_blocks
  DROP CONSTRAINT booking_blocks_no_overlap,
  ADD CONSTRAINT booking_blocks_no_overlap EXCLUDE USING gist (site_key WITH =, space_key WITH =, block WITH &&),
  -- Only the triggers write here, for bookings, and those have it.
  DROP CONSTRAINT booking_blocks_site_id_fkey;

DROP TRIGGER keep_booking_blocks ON bookings;
DROP TRIGGER drop_booking_blocks ON bookings;
DROP FUNCTION keep_booking_blocks();
DROP FUNCTION drop_booking_blocks();

-- What bookings in these statuses occupy: a row per space.
CREATE FUNCTION blocks_of(status text, space_id text, parts text[]) RETURNS SETOF text LANGUAGE sql IMMUTABLE
AS $$ SELECT DISTINCT occupied FROM unnest(space_id || parts) AS occupied
  WHERE status IN ('held', 'confirmed', 'checked_in') $$;

CREATE FUNCTION block_new_bookings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Writers of one site take turns: two that want the same spaces must not wait for each other.
  PERFORM pg_advisory_xact_lock(hashtextextended('booking_blocks ' || site_id, 0))
  FROM (SELECT DISTINCT site_id FROM written WHERE status IN ('held', 'confirmed', 'checked_in') ORDER BY 1) AS sites;
  INSERT INTO booking_blocks (site_id, booking_id, space_id, block)
  SELECT site_id, booking_id, occupied, int8range(from_ms, block_to_ms)
  FROM written, blocks_of(status, space_id, parts) AS occupied;
  RETURN NULL;
END $$;

-- Blocks are freed before others are held: within one statement bookings may change places.
CREATE FUNCTION block_changed_bookings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  gone record;
BEGIN
  IF NOT EXISTS (
    SELECT FROM was FULL JOIN written USING (site_id, booking_id)
    WHERE (was.status, was.space_id, was.parts, was.from_ms, was.block_to_ms)
      IS DISTINCT FROM (written.status, written.space_id, written.parts, written.from_ms, written.block_to_ms)
  ) THEN
    RETURN NULL;
  END IF;
  FOR gone IN
    SELECT site_id, booking_id, occupied, int8range(from_ms, block_to_ms)
    FROM was, blocks_of(status, space_id, parts) AS occupied
    EXCEPT SELECT site_id, booking_id, occupied, int8range(from_ms, block_to_ms)
    FROM written, blocks_of(status, space_id, parts) AS occupied
  LOOP
    DELETE FROM booking_blocks
    WHERE site_id = gone.site_id AND booking_id = gone.booking_id AND space_id = gone.occupied;
  END LOOP;
  PERFORM pg_advisory_xact_lock(hashtextextended('booking_blocks ' || site_id, 0))
  FROM (SELECT DISTINCT site_id FROM written WHERE status IN ('held', 'confirmed', 'checked_in') ORDER BY 1) AS sites;
  INSERT INTO booking_blocks (site_id, booking_id, space_id, block)
  SELECT site_id, booking_id, occupied, int8range(from_ms, block_to_ms)
  FROM written, blocks_of(status, space_id, parts) AS occupied
  EXCEPT SELECT site_id, booking_id, occupied, int8range(from_ms, block_to_ms)
  FROM was, blocks_of(status, space_id, parts) AS occupied;
  RETURN NULL;
END $$;

CREATE FUNCTION free_deleted_bookings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM booking_blocks b USING was WHERE b.site_id = was.site_id AND b.booking_id = was.booking_id;
  RETURN NULL;
END $$;

CREATE TRIGGER block_new_bookings AFTER INSERT ON bookings
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION block_new_bookings();
CREATE TRIGGER block_changed_bookings AFTER UPDATE ON bookings
  REFERENCING OLD TABLE AS was NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION block_changed_bookings();
CREATE TRIGGER free_deleted_bookings AFTER DELETE ON bookings
  REFERENCING OLD TABLE AS was FOR EACH STATEMENT EXECUTE FUNCTION free_deleted_bookings();
