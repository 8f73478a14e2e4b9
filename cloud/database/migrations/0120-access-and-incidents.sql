-- Why: HQ searches who was let in or refused, at which door or lane, by which reader and in which direction, and
-- what happened at a site and whether it still lasts. `audit_seq` says up to which entry these columns were
-- projected: where it is behind `seq`, the projector reads the stored entries again, a thousand at a time.
-- Survives the previous release: yes. It fills neither the new columns nor `audit_seq`, so that what it
-- projects is read again.

ALTER TABLE access_events
  ADD COLUMN place text NOT NULL DEFAULT 'door' CHECK (place IN ('door', 'lane')),
  ADD COLUMN direction text CHECK (direction IN ('in', 'out')),
  ADD COLUMN reader_id text,
  ADD COLUMN credential_kind text,
  ADD COLUMN session_id text;
-- `door_id` is the id of the door or, where `place` says so, of the lane.
CREATE INDEX access_events_by_time ON access_events (at_ms, site_id, incarnation, seq);
CREATE INDEX access_events_by_site ON access_events (site_id, at_ms, incarnation, seq);
CREATE INDEX access_events_by_member ON access_events (member_id, at_ms) WHERE member_id IS NOT NULL;

ALTER TABLE incidents
  ADD COLUMN place text CHECK (place IN ('door', 'lane', 'zone', 'space')),
  ADD COLUMN place_id text,
  ADD COLUMN session_id text,
  -- What ends it, for example `door:main` closing or `session:ss_1` departing; NULL for what is over at once.
  ADD COLUMN ends_with text,
  ADD COLUMN ended_ms bigint,
  ADD COLUMN ended_incarnation integer,
  ADD COLUMN ended_seq bigint,
  ADD COLUMN is_open boolean NOT NULL GENERATED ALWAYS AS (ends_with IS NOT NULL AND ended_ms IS NULL) STORED;
CREATE INDEX incidents_in_order ON incidents (is_open, at_ms, site_id, incarnation, seq);
CREATE INDEX incidents_open ON incidents (site_id, ends_with) WHERE ended_ms IS NULL AND ends_with IS NOT NULL;

ALTER TABLE projection_positions ADD COLUMN audit_seq bigint NOT NULL DEFAULT 0;
