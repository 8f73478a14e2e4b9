-- Wrong passwords per member of staff. Not rebuilt: a wrong password that locks nothing is no entry.
CREATE TABLE IF NOT EXISTS staff_guards (
  staff_id TEXT PRIMARY KEY,
  guard TEXT NOT NULL
) STRICT;
