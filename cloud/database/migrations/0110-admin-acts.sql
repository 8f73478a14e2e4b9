-- Why: whoever runs places must see who changed what (users, roles, cards, sites, directories, exports), and that
-- nobody rewrote that history. The previous release survives it: only new tables.

-- The end of the chain. Its row lock orders the writers, so the order of acts is the order of commits.
CREATE TABLE admin_act_head (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  seq bigint NOT NULL,
  hash text NOT NULL
);
INSERT INTO admin_act_head (seq, hash) VALUES (0, repeat('0', 64));

-- One row per act. `record` is RFC 8785 text, the very bytes that `hash` covers; every other column is computed from
-- it, so no column can say anything that the hash does not cover. Names and other personal values are not in it.
CREATE TABLE admin_acts (
  seq bigint PRIMARY KEY,
  hash text NOT NULL,
  record text NOT NULL,
  prev text NOT NULL GENERATED ALWAYS AS (record::jsonb ->> 'prev') STORED,
  occurred_ms bigint NOT NULL GENERATED ALWAYS AS ((record::jsonb ->> 'occurredMs')::bigint) STORED,
  act text NOT NULL GENERATED ALWAYS AS (record::jsonb ->> 'act') STORED,
  actor_id text NOT NULL GENERATED ALWAYS AS (record::jsonb #>> '{actor,id}') STORED,
  operator_id text GENERATED ALWAYS AS (record::jsonb ->> 'operatorId') STORED,
  site_id text GENERATED ALWAYS AS (record::jsonb ->> 'siteId') STORED
);
CREATE INDEX admin_acts_by_act ON admin_acts (act, seq);
CREATE INDEX admin_acts_by_actor ON admin_acts (actor_id, seq);
CREATE INDEX admin_acts_by_site ON admin_acts (site_id, seq);
CREATE INDEX admin_acts_by_time ON admin_acts (occurred_ms);

CREATE FUNCTION refuse_act_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'administrative acts are append-only' USING ERRCODE = 'restrict_violation';
END $$;

-- A row that does not continue the chain is refused, whoever inserts it.
CREATE FUNCTION continue_act_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE admin_act_head SET seq = NEW.seq, hash = NEW.hash
  WHERE seq = NEW.seq - 1 AND hash = NEW.record::jsonb ->> 'prev'
    AND (NEW.record::jsonb ->> 'seq')::bigint = NEW.seq
    AND NEW.hash = encode(sha256(convert_to(NEW.record, 'UTF8')), 'hex');
  IF NOT FOUND THEN
    RAISE EXCEPTION 'this act does not continue the chain' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION advance_act_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.seq <> OLD.seq + 1 THEN
    RAISE EXCEPTION 'the chain of acts only grows' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON admin_acts
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_act_change();
CREATE TRIGGER chained BEFORE INSERT ON admin_acts FOR EACH ROW EXECUTE FUNCTION continue_act_chain();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON admin_act_head
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_act_change();
CREATE TRIGGER forward BEFORE UPDATE ON admin_act_head FOR EACH ROW EXECUTE FUNCTION advance_act_head();

ALTER TABLE admin_acts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_acts ON admin_acts TO gatehouse_tenant
  USING (operator_id = current_setting('gatehouse.operator', true));
GRANT SELECT ON admin_acts TO gatehouse_tenant;
