-- Why: people log in (tables of the log-in library, under our names) and have a role, a plan and credentials.
-- The previous release survives it: only new tables.

CREATE TABLE login_user (
  id text PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  email_verified boolean NOT NULL DEFAULT false,
  image text,
  role text NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'site_manager', 'hq')),
  member_id text UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE login_session (
  id text PRIMARY KEY,
  user_id text NOT NULL REFERENCES login_user (id) ON DELETE CASCADE,
  token text NOT NULL UNIQUE,
  expires_at timestamptz NOT NULL,
  ip_address text,
  user_agent text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX login_session_by_user ON login_session (user_id);

CREATE TABLE login_account (
  id text PRIMARY KEY,
  account_id text NOT NULL,
  provider_id text NOT NULL,
  user_id text NOT NULL REFERENCES login_user (id) ON DELETE CASCADE,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  -- scrypt; never a plain password.
  password text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX login_account_by_user ON login_account (user_id);

CREATE TABLE login_verification (
  id text PRIMARY KEY,
  identifier text NOT NULL,
  value text NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX login_verification_by_identifier ON login_verification (identifier);

-- Which sites a site manager runs.
CREATE TABLE site_manager (
  user_id text NOT NULL REFERENCES login_user (id) ON DELETE CASCADE,
  site_id text NOT NULL,
  PRIMARY KEY (user_id, site_id)
);

CREATE TABLE plan (
  plan_id text PRIMARY KEY,
  -- The directory body of kind `plan`.
  body jsonb NOT NULL
);

CREATE TABLE member (
  member_id text PRIMARY KEY,
  display_name text NOT NULL,
  plan_id text REFERENCES plan (plan_id),
  plan_from_ms bigint,
  plan_to_ms bigint
);
ALTER TABLE login_user ADD FOREIGN KEY (member_id) REFERENCES member (member_id);

-- A card or PIN; its number is kept nowhere, only its keyed digest in each site's directory.
CREATE TABLE credential (
  credential_id text PRIMARY KEY,
  member_id text NOT NULL REFERENCES member (member_id),
  kind text NOT NULL CHECK (kind IN ('card', 'pin')),
  from_ms bigint,
  to_ms bigint,
  revoked boolean NOT NULL DEFAULT false
);
CREATE INDEX credential_by_member ON credential (member_id);
