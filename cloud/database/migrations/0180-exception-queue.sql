-- Why: what people at HQ must look at needs somebody who owns it, both sides in figures, a proposal, a second pair
-- of eyes and a history that nobody rewrites. One row per case for good: found again, it is opened again.
-- Survives the previous release: yes. It opens exceptions as before (the new columns have defaults, and its
-- ON CONFLICT finds the wider index); it never closed one, so no case has two rows.

ALTER TABLE exceptions
  ADD COLUMN state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'taken', 'proposed', 'settled')),
  -- Higher is worse; settled ones sort by their end.
  ADD COLUMN severity integer NOT NULL DEFAULT 1,
  -- Lines `{what, site, cloud, unit, difference?}`: what the site says and what the cloud says.
  ADD COLUMN sides jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN amount_minor bigint,
  ADD COLUMN currency text,
  -- The ledger entry to look at.
  ADD COLUMN incarnation integer,
  ADD COLUMN seq bigint,
  ADD COLUMN found_ms bigint,
  ADD COLUMN owner_id text,
  ADD COLUMN proposed_by text,
  ADD COLUMN fix text,
  ADD COLUMN note text,
  ADD COLUMN settled_by text,
  -- A difference that was accepted as it is: this very difference does not open the case again.
  ADD COLUMN accepted text,
  ADD CONSTRAINT exceptions_closed_when_settled CHECK ((state = 'settled') = (closed_ms IS NOT NULL));
UPDATE exceptions SET sides = coalesce(detail -> 'lines', '[]') WHERE kind = 'difference';
UPDATE exceptions SET severity = CASE WHEN kind IN ('chain_fork', 'clone', 'foreign_call') THEN 3
  WHEN kind = 'difference' THEN 2 ELSE 1 END;

CREATE UNIQUE INDEX exceptions_once ON exceptions (site_id, kind, about);
DROP INDEX exceptions_open_once;
CREATE INDEX exceptions_in_order ON exceptions (
  (CASE WHEN closed_ms IS NULL THEN 3 - severity ELSE 9 END),
  (CASE WHEN closed_ms IS NULL THEN opened_ms ELSE -closed_ms END), exception_id);

-- What became of each exception, step by step. `note` is what a person wrote; it is in no other place.
CREATE TABLE exception_history (
  exception_id bigint NOT NULL REFERENCES exceptions,
  step integer NOT NULL,
  act text NOT NULL,
  at_ms bigint NOT NULL,
  -- A user, or `cloud`.
  by_id text NOT NULL,
  state text NOT NULL,
  fix text,
  note text,
  amount_minor bigint,
  sides jsonb,
  PRIMARY KEY (exception_id, step)
);
INSERT INTO exception_history (exception_id, step, act, at_ms, by_id, state, sides)
  SELECT exception_id, 1, 'opened', opened_ms, 'cloud', 'open', sides FROM exceptions;

CREATE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the history of exceptions is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON exception_history
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_history_change();

ALTER TABLE exception_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_history ON exception_history TO gatehouse_tenant
  USING (EXISTS (SELECT FROM exceptions WHERE exceptions.exception_id = exception_history.exception_id));
GRANT SELECT ON exception_history TO gatehouse_tenant;
