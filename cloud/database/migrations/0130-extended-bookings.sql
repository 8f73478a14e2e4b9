-- Why: members ask a site for a later end of a booking, or to end it now; a later end is held until it is paid,
-- and the instant at which a holder left early is kept.
-- The previous release survives it: new columns that it does not write, and more kinds of requests.

ALTER TABLE bookings
  -- A later end that waits for its payment: `toMs`, `holdUntilMs` and the `price` of the added part, and in
  -- `blockFromMs` where the block ended before. The row's block ends after the added part.
  ADD COLUMN extension jsonb,
  -- When the holder left before the end.
  ADD COLUMN ended_ms bigint;

ALTER TABLE booking_request DROP CONSTRAINT booking_request_kind_check;
ALTER TABLE booking_request ADD CONSTRAINT booking_request_kind_check CHECK (kind IN
  ('holdBooking', 'confirmBooking', 'cancelBooking', 'extendBooking', 'confirmExtension', 'releaseBooking'));
