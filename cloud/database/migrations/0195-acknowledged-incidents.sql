-- Why: a call for help at a kiosk is not over until somebody says that they see to it; until then the site needs
-- somebody. Who ended an incident that no fact of the ledger ends stands here, and when in `ended_ms`; the act itself
-- is in admin_acts. Such incidents end with `person:` and what they are about.
-- Survives the previous release: yes. It projects calls for help as before, as over at once, and shows an
-- acknowledged one as ended.

ALTER TABLE incidents ADD COLUMN acknowledged_by text CHECK (acknowledged_by IS NULL OR ended_ms IS NOT NULL);
-- A kiosk is a device of the site's directory.
ALTER TABLE incidents DROP CONSTRAINT incidents_place_check;
ALTER TABLE incidents ADD CHECK (place IN ('door', 'lane', 'zone', 'space', 'device'));
