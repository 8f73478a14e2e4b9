-- What the migrations add up to. Rewritten by GATEHOUSE_UPDATE_SCHEMA=1 npx vitest run cloud/database

TABLE access_events
  site_id text NOT NULL
  incarnation integer NOT NULL
  seq bigint NOT NULL
  kind text NOT NULL
  door_id text NOT NULL
  credential_id text
  member_id text
  booking_id text
  reason text NOT NULL
  effect_id text
  at_ms bigint NOT NULL
  place text NOT NULL DEFAULT 'door'::text
  direction text
  reader_id text
  credential_kind text
  session_id text
  CONSTRAINT access_events_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text])))
  CONSTRAINT access_events_kind_check CHECK ((kind = ANY (ARRAY['granted'::text, 'refused'::text])))
  CONSTRAINT access_events_pkey PRIMARY KEY (site_id, incarnation, seq)
  CONSTRAINT access_events_place_check CHECK ((place = ANY (ARRAY['door'::text, 'lane'::text])))
  CREATE INDEX access_events_by_member ON public.access_events USING btree (member_id, at_ms) WHERE (member_id IS NOT NULL)
  CREATE INDEX access_events_by_site ON public.access_events USING btree (site_id, at_ms, incarnation, seq)
  CREATE INDEX access_events_by_time ON public.access_events USING btree (at_ms, site_id, incarnation, seq)
  ROW LEVEL SECURITY
  POLICY own_rows USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = access_events.site_id)))

TABLE admin_act_head
  only_one boolean NOT NULL DEFAULT true
  seq bigint NOT NULL
  hash text NOT NULL
  CONSTRAINT admin_act_head_only_one_check CHECK (only_one)
  CONSTRAINT admin_act_head_pkey PRIMARY KEY (only_one)
  CREATE TRIGGER forward BEFORE UPDATE ON public.admin_act_head FOR EACH ROW EXECUTE FUNCTION advance_act_head()
  CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON public.admin_act_head FOR EACH STATEMENT EXECUTE FUNCTION refuse_act_change()

TABLE admin_acts
  seq bigint NOT NULL
  hash text NOT NULL
  record text NOT NULL
  prev text NOT NULL GENERATED ALWAYS AS (((record)::jsonb ->> 'prev'::text))
  occurred_ms bigint NOT NULL GENERATED ALWAYS AS ((((record)::jsonb ->> 'occurredMs'::text))::bigint)
  act text NOT NULL GENERATED ALWAYS AS (((record)::jsonb ->> 'act'::text))
  actor_id text NOT NULL GENERATED ALWAYS AS (((record)::jsonb #>> '{actor,id}'::text[]))
  operator_id text GENERATED ALWAYS AS (((record)::jsonb ->> 'operatorId'::text))
  site_id text GENERATED ALWAYS AS (((record)::jsonb ->> 'siteId'::text))
  CONSTRAINT admin_acts_pkey PRIMARY KEY (seq)
  CREATE INDEX admin_acts_by_act ON public.admin_acts USING btree (act, seq)
  CREATE INDEX admin_acts_by_actor ON public.admin_acts USING btree (actor_id, seq)
  CREATE INDEX admin_acts_by_site ON public.admin_acts USING btree (site_id, seq)
  CREATE INDEX admin_acts_by_time ON public.admin_acts USING btree (occurred_ms)
  ROW LEVEL SECURITY
  POLICY own_acts USING (operator_id = current_setting('gatehouse.operator'::text, true))
  CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.admin_acts FOR EACH STATEMENT EXECUTE FUNCTION refuse_act_change()
  CREATE TRIGGER chained BEFORE INSERT ON public.admin_acts FOR EACH ROW EXECUTE FUNCTION continue_act_chain()

TABLE allowances
  allowance_id text NOT NULL
  bucket_id text NOT NULL
  site_id text NOT NULL
  life integer NOT NULL
  moved_minor bigint NOT NULL
  asked_back_minor bigint NOT NULL
  overdraft_minor bigint NOT NULL
  received_minor bigint NOT NULL
  given_back_minor bigint NOT NULL
  drawn_minor bigint NOT NULL
  restored_minor bigint NOT NULL
  row_epoch integer
  row_rev bigint
  received_epoch integer
  received_rev bigint
  by_hand boolean NOT NULL DEFAULT false
  changed_ms bigint NOT NULL
  CONSTRAINT allowances_asked_back_minor_check CHECK ((asked_back_minor >= 0))
  CONSTRAINT allowances_bucket_id_fkey FOREIGN KEY (bucket_id) REFERENCES credit_buckets(bucket_id)
  CONSTRAINT allowances_check CHECK (((received_minor >= 0) AND (received_minor <= moved_minor)))
  CONSTRAINT allowances_check1 CHECK (((given_back_minor >= 0) AND (given_back_minor <= moved_minor)))
  CONSTRAINT allowances_drawn_minor_check CHECK ((drawn_minor >= 0))
  CONSTRAINT allowances_life_check CHECK ((life >= 1))
  CONSTRAINT allowances_moved_minor_check CHECK ((moved_minor >= 0))
  CONSTRAINT allowances_overdraft_minor_check CHECK ((overdraft_minor >= 0))
  CONSTRAINT allowances_pkey PRIMARY KEY (allowance_id)
  CONSTRAINT allowances_restored_minor_check CHECK ((restored_minor >= 0))
  CONSTRAINT allowances_site_id_fkey FOREIGN KEY (site_id) REFERENCES sites(site_id)
  CREATE INDEX allowances_by_bucket ON public.allowances USING btree (bucket_id)
  CREATE INDEX allowances_by_site ON public.allowances USING btree (site_id)
  ROW LEVEL SECURITY
  POLICY own_allowances USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = allowances.site_id)))
  CREATE TRIGGER move_within_bucket AFTER INSERT OR UPDATE OF moved_minor ON public.allowances FOR EACH ROW EXECUTE FUNCTION refuse_move_beyond_bucket()

TABLE booking_blocks
  site_id text NOT NULL
  booking_id text NOT NULL
  space_id text NOT NULL
  block int8range NOT NULL
  site_key bigint NOT NULL GENERATED ALWAYS AS (hashtextextended(site_id, (0)::bigint))
  space_key bigint NOT NULL GENERATED ALWAYS AS (hashtextextended(space_id, (0)::bigint))
  CONSTRAINT booking_blocks_no_overlap EXCLUDE USING gist (site_key WITH =, space_key WITH =, block WITH &&)
  CONSTRAINT booking_blocks_pkey PRIMARY KEY (site_id, booking_id, space_id)
  ROW LEVEL SECURITY
  POLICY own_rows USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = booking_blocks.site_id)))

TABLE booking_order
  booking_id text NOT NULL
  site_id text NOT NULL
  space_id text NOT NULL
  user_id text NOT NULL
  member_id text NOT NULL
  from_ms bigint NOT NULL
  to_ms bigint NOT NULL
  price jsonb NOT NULL
  created_ms bigint NOT NULL
  told_pending boolean NOT NULL DEFAULT false
  CONSTRAINT booking_order_check CHECK ((to_ms > from_ms))
  CONSTRAINT booking_order_pkey PRIMARY KEY (booking_id)
  CREATE INDEX booking_order_by_member ON public.booking_order USING btree (member_id, from_ms DESC)

TABLE booking_request
  request_id text NOT NULL
  booking_id text NOT NULL
  site_id text NOT NULL
  kind text NOT NULL
  payment_id text
  created_ms bigint NOT NULL
  expires_ms bigint NOT NULL
  state text NOT NULL DEFAULT 'waiting'::text
  refusal text
  settled_ms bigint
  removed boolean NOT NULL DEFAULT false
  CONSTRAINT booking_request_kind_check CHECK ((kind = ANY (ARRAY['holdBooking'::text, 'confirmBooking'::text, 'cancelBooking'::text, 'extendBooking'::text, 'confirmExtension'::text, 'releaseBooking'::text])))
  CONSTRAINT booking_request_pkey PRIMARY KEY (request_id)
  CONSTRAINT booking_request_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text, 'refused'::text, 'withdrawn'::text])))
  CREATE INDEX booking_request_by_booking ON public.booking_request USING btree (booking_id)
  CREATE INDEX booking_request_present ON public.booking_request USING btree (settled_ms) WHERE (NOT removed)
  CREATE INDEX booking_request_waiting ON public.booking_request USING btree (created_ms) WHERE (state = 'waiting'::text)

TABLE bookings
  site_id text NOT NULL
  booking_id text NOT NULL
  incarnation integer NOT NULL
  seq bigint NOT NULL
  space_id text NOT NULL
  status text NOT NULL
  member_id text
  guest_id text
  reference text NOT NULL
  from_ms bigint NOT NULL
  to_ms bigint NOT NULL
  block_to_ms bigint NOT NULL
  hold_until_ms bigint NOT NULL
  price jsonb NOT NULL
  fee_minor bigint NOT NULL DEFAULT 0
  paid_minor bigint NOT NULL DEFAULT 0
  refunded_minor bigint NOT NULL DEFAULT 0
  paid_by text
  held_ms bigint NOT NULL
  block int8range GENERATED ALWAYS AS (int8range(from_ms, block_to_ms))
  extension jsonb
  ended_ms bigint
  parts text[] NOT NULL DEFAULT '{}'::text[]
  loan_ids text[] NOT NULL DEFAULT '{}'::text[]
  site_status text
  row_epoch integer
  row_rev bigint
  CONSTRAINT bookings_check CHECK ((to_ms > from_ms))
  CONSTRAINT bookings_check1 CHECK ((block_to_ms >= to_ms))
  CONSTRAINT bookings_pkey PRIMARY KEY (site_id, booking_id)
  CONSTRAINT bookings_status_check CHECK ((status = ANY (ARRAY['held'::text, 'confirmed'::text, 'checked_in'::text, 'completed'::text, 'cancelled'::text, 'no_show'::text, 'expired'::text, 'displaced'::text])))
  CREATE INDEX bookings_by_id ON public.bookings USING btree (booking_id)
  CREATE INDEX bookings_by_member ON public.bookings USING btree (member_id, from_ms) WHERE (member_id IS NOT NULL)
  CREATE INDEX bookings_displaced ON public.bookings USING btree (site_id, booking_id) WHERE ((status = 'displaced'::text) AND (loan_ids <> '{}'::text[]))
  ROW LEVEL SECURITY
  POLICY own_rows USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = bookings.site_id)))
  CREATE TRIGGER block_changed_bookings AFTER UPDATE ON public.bookings REFERENCING OLD TABLE AS was NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION block_changed_bookings()
  CREATE TRIGGER block_new_bookings AFTER INSERT ON public.bookings REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION block_new_bookings()
  CREATE TRIGGER free_deleted_bookings AFTER DELETE ON public.bookings REFERENCING OLD TABLE AS was FOR EACH STATEMENT EXECUTE FUNCTION free_deleted_bookings()

TABLE card_payment
  payment_id text NOT NULL
  booking_id text NOT NULL
  site_id text NOT NULL
  request_id text NOT NULL
  amount_minor bigint NOT NULL
  currency text NOT NULL
  card text NOT NULL
  state text NOT NULL
  created_ms bigint NOT NULL
  changed_ms bigint NOT NULL
  CONSTRAINT card_payment_amount_minor_check CHECK ((amount_minor >= 0))
  CONSTRAINT card_payment_pkey PRIMARY KEY (payment_id)
  CONSTRAINT card_payment_state_check CHECK ((state = ANY (ARRAY['created'::text, 'authorised'::text, 'declined'::text, 'captured'::text, 'voided'::text])))
  CREATE INDEX card_payment_open ON public.card_payment USING btree (created_ms) WHERE (state = ANY (ARRAY['created'::text, 'authorised'::text]))

TABLE card_refund
  refund_id text NOT NULL
  payment_id text NOT NULL
  amount_minor bigint NOT NULL
  done boolean NOT NULL DEFAULT false
  created_ms bigint NOT NULL
  CONSTRAINT card_refund_amount_minor_check CHECK ((amount_minor > 0))
  CONSTRAINT card_refund_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES card_payment(payment_id)
  CONSTRAINT card_refund_pkey PRIMARY KEY (refund_id)

TABLE cloud_identity
  only_one boolean NOT NULL DEFAULT true
  epoch integer NOT NULL
  public_key text NOT NULL
  private_key text NOT NULL
  login_secret text NOT NULL
  database_identity text NOT NULL
  epoch_reason text
  epoch_began_ms bigint
  CONSTRAINT cloud_identity_epoch_check CHECK ((epoch >= 1))
  CONSTRAINT cloud_identity_only_one_check CHECK (only_one)
  CONSTRAINT cloud_identity_pkey PRIMARY KEY (only_one)

TABLE credential
  credential_id text NOT NULL
  member_id text NOT NULL
  kind text NOT NULL
  from_ms bigint
  to_ms bigint
  revoked boolean NOT NULL DEFAULT false
  CONSTRAINT credential_kind_check CHECK ((kind = ANY (ARRAY['card'::text, 'pin'::text])))
  CONSTRAINT credential_member_id_fkey FOREIGN KEY (member_id) REFERENCES member(member_id)
  CONSTRAINT credential_pkey PRIMARY KEY (credential_id)
  CREATE INDEX credential_by_member ON public.credential USING btree (member_id)

TABLE credit_buckets
  bucket_id text NOT NULL
  operator_id text NOT NULL
  member_id text NOT NULL
  currency text NOT NULL
  funded_minor bigint NOT NULL
  promotional boolean NOT NULL
  from_ms bigint NOT NULL
  expires_ms bigint NOT NULL
  reason text NOT NULL
  created_ms bigint NOT NULL
  tend_ms bigint NOT NULL DEFAULT 0
  CONSTRAINT credit_buckets_check CHECK ((expires_ms > from_ms))
  CONSTRAINT credit_buckets_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text))
  CONSTRAINT credit_buckets_funded_minor_check CHECK ((funded_minor >= 0))
  CONSTRAINT credit_buckets_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES operators(operator_id)
  CONSTRAINT credit_buckets_pkey PRIMARY KEY (bucket_id)
  CONSTRAINT credit_buckets_reason_check CHECK ((reason = ANY (ARRAY['purchase'::text, 'plan'::text, 'gift'::text, 'goodwill'::text, 'told_by_site'::text, 'reissue'::text])))
  CREATE INDEX credit_buckets_by_member ON public.credit_buckets USING btree (member_id)
  CREATE INDEX credit_buckets_by_operator ON public.credit_buckets USING btree (operator_id)
  CREATE INDEX credit_buckets_to_tend ON public.credit_buckets USING btree (tend_ms)
  ROW LEVEL SECURITY
  POLICY own_credit_buckets USING (operator_id = current_setting('gatehouse.operator'::text, true))

TABLE directory_heads
  site_id text NOT NULL
  epoch integer NOT NULL
  rev bigint NOT NULL DEFAULT 0
  pruned_rev bigint NOT NULL DEFAULT 0
  CONSTRAINT directory_heads_pkey PRIMARY KEY (site_id)
  CONSTRAINT directory_heads_site_id_fkey FOREIGN KEY (site_id) REFERENCES sites(site_id)

TABLE door_states
  site_id text NOT NULL
  door_id text NOT NULL
  incarnation integer NOT NULL
  seq bigint NOT NULL
  state text NOT NULL
  since_ms bigint NOT NULL
  CONSTRAINT door_states_pkey PRIMARY KEY (site_id, door_id)
  ROW LEVEL SECURITY
  POLICY own_rows USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = door_states.site_id)))

TABLE effects
  site_id text NOT NULL
  effect_id text NOT NULL
  incarnation integer NOT NULL
  seq bigint NOT NULL
  outcome text NOT NULL
  detail text
  at_ms bigint NOT NULL
  CONSTRAINT effects_pkey PRIMARY KEY (site_id, effect_id)
  ROW LEVEL SECURITY
  POLICY own_rows USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = effects.site_id)))

TABLE enrolment_codes
  code_digest text NOT NULL
  site_id text NOT NULL
  expires_ms bigint NOT NULL
  used_ms bigint
  incarnation integer
  adopts boolean NOT NULL DEFAULT false
  statement text
  CONSTRAINT enrolment_codes_check CHECK (((NOT adopts) OR (statement IS NOT NULL)))
  CONSTRAINT enrolment_codes_pkey PRIMARY KEY (code_digest)
  CONSTRAINT enrolment_codes_site_id_fkey FOREIGN KEY (site_id) REFERENCES sites(site_id)

TABLE exception_history
  exception_id bigint NOT NULL
  step integer NOT NULL
  act text NOT NULL
  at_ms bigint NOT NULL
  by_id text NOT NULL
  state text NOT NULL
  fix text
  note text
  amount_minor bigint
  sides jsonb
  CONSTRAINT exception_history_exception_id_fkey FOREIGN KEY (exception_id) REFERENCES exceptions(exception_id)
  CONSTRAINT exception_history_pkey PRIMARY KEY (exception_id, step)
  ROW LEVEL SECURITY
  POLICY own_history USING (EXISTS ( SELECT FROM exceptions WHERE (exceptions.exception_id = exception_history.exception_id)))
  CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.exception_history FOR EACH STATEMENT EXECUTE FUNCTION refuse_history_change()

TABLE exceptions
  exception_id bigint NOT NULL GENERATED AS IDENTITY
  site_id text NOT NULL
  kind text NOT NULL
  about text NOT NULL
  detail jsonb NOT NULL
  opened_ms bigint NOT NULL
  closed_ms bigint
  state text NOT NULL DEFAULT 'open'::text
  severity integer NOT NULL DEFAULT 1
  sides jsonb NOT NULL DEFAULT '[]'::jsonb
  amount_minor bigint
  currency text
  incarnation integer
  seq bigint
  found_ms bigint
  owner_id text
  proposed_by text
  fix text
  note text
  settled_by text
  accepted text
  CONSTRAINT exceptions_closed_when_settled CHECK (((state = 'settled'::text) = (closed_ms IS NOT NULL)))
  CONSTRAINT exceptions_pkey PRIMARY KEY (exception_id)
  CONSTRAINT exceptions_site_id_fkey FOREIGN KEY (site_id) REFERENCES sites(site_id)
  CONSTRAINT exceptions_state_check CHECK ((state = ANY (ARRAY['open'::text, 'taken'::text, 'proposed'::text, 'settled'::text])))
  CREATE INDEX exceptions_in_order ON public.exceptions USING btree (( CASE WHEN (closed_ms IS NULL) THEN (3 - severity) ELSE 9 END), ( CASE WHEN (closed_ms IS NULL) THEN opened_ms ELSE (- closed_ms) END), exception_id)
  CREATE UNIQUE INDEX exceptions_once ON public.exceptions USING btree (site_id, kind, about)
  ROW LEVEL SECURITY
  POLICY own_exceptions USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = exceptions.site_id)))

TABLE guest_invitation
  guest_id text NOT NULL
  booking_id text NOT NULL
  site_id text NOT NULL
  user_id text NOT NULL
  member_id text NOT NULL
  secret_digest text NOT NULL
  sealed_name bytea
  invited_ms bigint NOT NULL
  to_ms bigint NOT NULL
  holder_key text
  opened_ms bigint
  taken_back_ms bigint
  CONSTRAINT guest_invitation_check CHECK (((opened_ms IS NULL) = (holder_key IS NULL)))
  CONSTRAINT guest_invitation_pkey PRIMARY KEY (guest_id)
  CONSTRAINT guest_invitation_secret_digest_check CHECK ((secret_digest ~ '^[0-9a-f]{64}$'::text))
  CONSTRAINT guest_invitation_secret_digest_key UNIQUE (secret_digest)
  CONSTRAINT guest_invitation_site_id_fkey FOREIGN KEY (site_id) REFERENCES sites(site_id)
  CREATE INDEX guest_invitation_by_booking ON public.guest_invitation USING btree (booking_id, invited_ms)
  CREATE INDEX guest_invitation_by_end ON public.guest_invitation USING btree (to_ms)
  ROW LEVEL SECURITY
  POLICY own_rows USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = guest_invitation.site_id)))

TABLE idempotency_key
  caller text NOT NULL
  key text NOT NULL
  digest text NOT NULL
  status integer
  body text
  lease_ms bigint NOT NULL
  created_ms bigint NOT NULL
  carried_out_ms bigint
  CONSTRAINT idempotency_key_pkey PRIMARY KEY (caller, key)
  CREATE INDEX idempotency_key_by_age ON public.idempotency_key USING btree (created_ms)

TABLE incidents
  site_id text NOT NULL
  incident_id text NOT NULL
  incarnation integer NOT NULL
  seq bigint NOT NULL
  kind text NOT NULL
  about text NOT NULL
  at_ms bigint NOT NULL
  place text
  place_id text
  session_id text
  ends_with text
  ended_ms bigint
  ended_incarnation integer
  ended_seq bigint
  is_open boolean NOT NULL GENERATED ALWAYS AS (((ends_with IS NOT NULL) AND (ended_ms IS NULL)))
  acknowledged_by text
  CONSTRAINT incidents_check CHECK (((acknowledged_by IS NULL) OR (ended_ms IS NOT NULL)))
  CONSTRAINT incidents_pkey PRIMARY KEY (site_id, incident_id)
  CONSTRAINT incidents_place_check CHECK ((place = ANY (ARRAY['door'::text, 'lane'::text, 'zone'::text, 'space'::text, 'device'::text])))
  CREATE INDEX incidents_in_order ON public.incidents USING btree (is_open, at_ms, site_id, incarnation, seq)
  CREATE INDEX incidents_open ON public.incidents USING btree (site_id, ends_with) WHERE ((ended_ms IS NULL) AND (ends_with IS NOT NULL))
  ROW LEVEL SECURITY
  POLICY own_rows USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = incidents.site_id)))

TABLE ledger_entries
  site_id text NOT NULL
  incarnation integer NOT NULL
  seq bigint NOT NULL
  hash text NOT NULL
  type text NOT NULL
  wall_ms bigint NOT NULL
  received_ms bigint NOT NULL
  entry text NOT NULL
  CONSTRAINT ledger_entries_pkey PRIMARY KEY (site_id, incarnation, seq)
  CREATE INDEX ledger_entries_by_time ON ONLY public.ledger_entries USING btree (site_id, wall_ms)
  PARTITION BY HASH (site_id)
  ROW LEVEL SECURITY
  POLICY own_entries USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = ledger_entries.site_id)))

TABLE ledger_gaps
  site_id text NOT NULL
  incarnation integer NOT NULL
  from_seq bigint NOT NULL
  to_seq bigint NOT NULL
  hash text NOT NULL
  accepted_by text NOT NULL
  accepted_ms bigint NOT NULL
  reason text NOT NULL
  CONSTRAINT ledger_gaps_check CHECK ((to_seq >= from_seq))
  CONSTRAINT ledger_gaps_from_seq_check CHECK ((from_seq >= 1))
  CONSTRAINT ledger_gaps_pkey PRIMARY KEY (site_id, incarnation, to_seq)
  CONSTRAINT ledger_gaps_site_id_incarnation_fkey FOREIGN KEY (site_id, incarnation) REFERENCES site_incarnations(site_id, incarnation)
  ROW LEVEL SECURITY
  POLICY own_ledger_gaps USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = ledger_gaps.site_id)))

TABLE lending_stops
  site_id text NOT NULL
  reason text NOT NULL
  since_ms bigint NOT NULL
  CONSTRAINT lending_stops_pkey PRIMARY KEY (site_id)
  CONSTRAINT lending_stops_site_id_fkey FOREIGN KEY (site_id) REFERENCES sites(site_id)
  ROW LEVEL SECURITY
  POLICY own_rows USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = lending_stops.site_id)))

TABLE loan_releases
  site_id text NOT NULL
  epoch integer NOT NULL
  released_by text NOT NULL
  released_ms bigint NOT NULL
  reason text NOT NULL
  CONSTRAINT loan_releases_pkey PRIMARY KEY (site_id, epoch)
  CONSTRAINT loan_releases_site_id_fkey FOREIGN KEY (site_id) REFERENCES sites(site_id)
  ROW LEVEL SECURITY
  POLICY own_loan_releases USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = loan_releases.site_id)))

TABLE loan_sales
  sale_no bigint NOT NULL GENERATED AS IDENTITY
  site_id text NOT NULL
  loan_id text NOT NULL
  booking_id text NOT NULL
  space_id text NOT NULL
  loan_from_ms bigint NOT NULL
  loan_to_ms bigint NOT NULL
  from_ms bigint NOT NULL
  block_to_ms bigint NOT NULL
  status text NOT NULL
  hold_until_ms bigint
  epoch integer NOT NULL
  rev bigint NOT NULL
  block int8range GENERATED ALWAYS AS (int8range(from_ms, block_to_ms))
  CONSTRAINT loan_sales_check CHECK ((block_to_ms > from_ms))
  CONSTRAINT loan_sales_check1 CHECK (((hold_until_ms IS NOT NULL) = (status = 'held'::text)))
  CONSTRAINT loan_sales_check2 CHECK (((loan_from_ms <= from_ms) AND (block_to_ms <= loan_to_ms)))
  CONSTRAINT loan_sales_no_overlap EXCLUDE USING gist (site_id WITH =, space_id WITH =, block WITH &&, booking_id WITH <>)
  CONSTRAINT loan_sales_pkey PRIMARY KEY (sale_no)
  CONSTRAINT loan_sales_site_id_fkey FOREIGN KEY (site_id) REFERENCES sites(site_id)
  CONSTRAINT loan_sales_site_id_loan_id_space_id_loan_from_ms_loan_to_m_fkey FOREIGN KEY (site_id, loan_id, space_id, loan_from_ms, loan_to_ms) REFERENCES loans(site_id, loan_id, space_id, from_ms, to_ms)
  CONSTRAINT loan_sales_status_check CHECK ((status = ANY (ARRAY['held'::text, 'confirmed'::text, 'freed'::text])))
  CREATE INDEX loan_sales_by_booking ON public.loan_sales USING btree (site_id, booking_id)
  CREATE INDEX loan_sales_by_loan ON public.loan_sales USING btree (site_id, loan_id)
  CREATE INDEX loan_sales_held ON public.loan_sales USING btree (hold_until_ms) WHERE (status = 'held'::text)
  CREATE UNIQUE INDEX loan_sales_once ON public.loan_sales USING btree (site_id, loan_id, booking_id) WHERE (status <> 'freed'::text)
  ROW LEVEL SECURITY
  POLICY own_rows USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = loan_sales.site_id)))
  CREATE TRIGGER sale_in_open_loan BEFORE INSERT ON public.loan_sales FOR EACH ROW EXECUTE FUNCTION refuse_sale_in_closed_loan()

TABLE loans
  site_id text NOT NULL
  loan_id text NOT NULL
  space_id text NOT NULL
  from_ms bigint NOT NULL
  to_ms bigint NOT NULL
  sell_until_ms bigint NOT NULL
  terms_epoch integer NOT NULL
  pool_id text
  slot integer
  state text NOT NULL
  incarnation integer NOT NULL
  end_reason text
  end_epoch integer
  end_rev bigint
  recalled boolean NOT NULL DEFAULT false
  granted_ms bigint NOT NULL
  changed_ms bigint NOT NULL
  CONSTRAINT loans_check CHECK ((to_ms > from_ms))
  CONSTRAINT loans_check1 CHECK (((state <> 'ended'::text) OR ((end_reason IS NOT NULL) AND (end_epoch IS NOT NULL) AND (end_rev IS NOT NULL))))
  CONSTRAINT loans_end_reason_check CHECK ((end_reason = ANY (ARRAY['close'::text, 'return'::text, 'recall'::text, 'restored'::text])))
  CONSTRAINT loans_no_overlap EXCLUDE USING gist (site_id WITH =, space_id WITH =, int8range(from_ms, to_ms) WITH &&) WHERE ((state <> 'released'::text))
  CONSTRAINT loans_pkey PRIMARY KEY (site_id, loan_id)
  CONSTRAINT loans_site_id_fkey FOREIGN KEY (site_id) REFERENCES sites(site_id)
  CONSTRAINT loans_site_id_loan_id_space_id_from_ms_to_ms_key UNIQUE (site_id, loan_id, space_id, from_ms, to_ms)
  CONSTRAINT loans_state_check CHECK ((state = ANY (ARRAY['open'::text, 'unconfirmed'::text, 'suspended'::text, 'ended'::text, 'released'::text])))
  CREATE INDEX loans_to_end ON public.loans USING btree (LEAST(sell_until_ms, to_ms)) WHERE (state = ANY (ARRAY['open'::text, 'unconfirmed'::text]))
  CREATE INDEX loans_to_restore ON public.loans USING btree (site_id) WHERE (state = 'suspended'::text)
  ROW LEVEL SECURITY
  POLICY own_rows USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = loans.site_id)))

TABLE login_account
  id text NOT NULL
  account_id text NOT NULL
  provider_id text NOT NULL
  user_id text NOT NULL
  access_token text
  refresh_token text
  id_token text
  access_token_expires_at timestamp with time zone
  refresh_token_expires_at timestamp with time zone
  scope text
  password text
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  CONSTRAINT login_account_pkey PRIMARY KEY (id)
  CONSTRAINT login_account_user_id_fkey FOREIGN KEY (user_id) REFERENCES login_user(id) ON DELETE CASCADE
  CREATE INDEX login_account_by_user ON public.login_account USING btree (user_id)

TABLE login_session
  id text NOT NULL
  user_id text NOT NULL
  token text NOT NULL
  expires_at timestamp with time zone NOT NULL
  ip_address text
  user_agent text
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  CONSTRAINT login_session_pkey PRIMARY KEY (id)
  CONSTRAINT login_session_token_key UNIQUE (token)
  CONSTRAINT login_session_user_id_fkey FOREIGN KEY (user_id) REFERENCES login_user(id) ON DELETE CASCADE
  CREATE INDEX login_session_by_user ON public.login_session USING btree (user_id)

TABLE login_user
  id text NOT NULL
  name text NOT NULL
  email text NOT NULL
  email_verified boolean NOT NULL DEFAULT false
  image text
  role text NOT NULL DEFAULT 'member'::text
  member_id text
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  CONSTRAINT login_user_email_key UNIQUE (email)
  CONSTRAINT login_user_member_id_fkey FOREIGN KEY (member_id) REFERENCES member(member_id)
  CONSTRAINT login_user_member_id_key UNIQUE (member_id)
  CONSTRAINT login_user_pkey PRIMARY KEY (id)
  CONSTRAINT login_user_role_check CHECK ((role = ANY (ARRAY['member'::text, 'site_manager'::text, 'hq'::text])))

TABLE login_verification
  id text NOT NULL
  identifier text NOT NULL
  value text NOT NULL
  expires_at timestamp with time zone NOT NULL
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  CONSTRAINT login_verification_pkey PRIMARY KEY (id)
  CREATE INDEX login_verification_by_identifier ON public.login_verification USING btree (identifier)

TABLE member
  member_id text NOT NULL
  display_name text NOT NULL
  plan_id text
  plan_from_ms bigint
  plan_to_ms bigint
  CONSTRAINT member_pkey PRIMARY KEY (member_id)
  CONSTRAINT member_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plan(plan_id)

TABLE operators
  operator_id text NOT NULL
  name text NOT NULL
  CONSTRAINT operators_pkey PRIMARY KEY (operator_id)
  ROW LEVEL SECURITY
  POLICY own_operator USING (operator_id = current_setting('gatehouse.operator'::text, true))

TABLE parking_sessions
  site_id text NOT NULL
  session_id text NOT NULL
  incarnation integer NOT NULL
  seq bigint NOT NULL
  state text NOT NULL
  ticket text NOT NULL
  vehicle_id text
  vehicle_class text NOT NULL
  space_id text
  zone_id text
  entry_lane_id text NOT NULL
  exit_lane_id text
  tariff_id text NOT NULL
  tariff_version integer NOT NULL
  arrived_ms bigint NOT NULL
  entered_ms bigint
  departed_ms bigint
  charged_minor bigint NOT NULL DEFAULT 0
  paid_minor bigint NOT NULL DEFAULT 0
  debt_minor bigint NOT NULL DEFAULT 0
  CONSTRAINT parking_sessions_pkey PRIMARY KEY (site_id, session_id)
  CONSTRAINT parking_sessions_state_check CHECK ((state = ANY (ARRAY['authorised'::text, 'inside'::text, 'paid'::text, 'departing'::text, 'departed'::text, 'voided'::text])))
  CREATE INDEX parking_sessions_inside ON public.parking_sessions USING btree (site_id, zone_id) WHERE ((entered_ms IS NOT NULL) AND (departed_ms IS NULL))
  ROW LEVEL SECURITY
  POLICY own_rows USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = parking_sessions.site_id)))

TABLE pass
  pass_id text NOT NULL
  site_id text NOT NULL
  kind text NOT NULL
  user_id text NOT NULL
  member_id text NOT NULL
  booking_id text
  guest_id text
  holder_key text NOT NULL
  issued_ms bigint NOT NULL
  to_ms bigint NOT NULL
  created_ms bigint NOT NULL
  revoked_ms bigint
  CONSTRAINT pass_check CHECK (((booking_id IS NULL) = (kind = 'member'::text)))
  CONSTRAINT pass_check1 CHECK (((guest_id IS NULL) = (kind <> 'guest'::text)))
  CONSTRAINT pass_check2 CHECK ((to_ms > issued_ms))
  CONSTRAINT pass_kind_check CHECK ((kind = ANY (ARRAY['booking'::text, 'member'::text, 'guest'::text])))
  CONSTRAINT pass_pkey PRIMARY KEY (pass_id)
  CONSTRAINT pass_site_id_fkey FOREIGN KEY (site_id) REFERENCES sites(site_id)
  CREATE INDEX pass_by_end ON public.pass USING btree (to_ms)
  CREATE INDEX pass_by_member ON public.pass USING btree (member_id, to_ms)
  CREATE INDEX pass_of_guests ON public.pass USING btree (to_ms) WHERE ((kind = 'guest'::text) AND (revoked_ms IS NULL))
  ROW LEVEL SECURITY
  POLICY own_rows USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = pass.site_id)))

TABLE pass_signing_key
  key_id text NOT NULL
  public_key text NOT NULL
  private_key text NOT NULL
  announced_ms bigint NOT NULL
  use_from_ms bigint NOT NULL
  use_to_ms bigint
  CONSTRAINT pass_signing_key_check CHECK ((use_to_ms > use_from_ms))
  CONSTRAINT pass_signing_key_key_id_check CHECK ((key_id ~ '^[0-9a-f]{16}$'::text))
  CONSTRAINT pass_signing_key_pkey PRIMARY KEY (key_id)

TABLE payments
  site_id text NOT NULL
  payment_id text NOT NULL
  incarnation integer NOT NULL
  seq bigint NOT NULL
  kind text NOT NULL
  of_payment_id text
  booking_id text
  session_id text
  method text NOT NULL
  amount_minor bigint NOT NULL
  currency text NOT NULL
  taken_by text NOT NULL
  at_ms bigint NOT NULL
  CONSTRAINT payments_amount_minor_check CHECK ((amount_minor >= 0))
  CONSTRAINT payments_check CHECK (((booking_id IS NULL) <> (session_id IS NULL)))
  CONSTRAINT payments_kind_check CHECK ((kind = ANY (ARRAY['captured'::text, 'refunded'::text])))
  CONSTRAINT payments_pkey PRIMARY KEY (site_id, payment_id)
  CREATE INDEX payments_by_time ON public.payments USING btree (site_id, at_ms)
  ROW LEVEL SECURITY
  POLICY own_rows USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = payments.site_id)))

TABLE photo
  sha256 text NOT NULL
  media_type text NOT NULL
  bytes bytea NOT NULL
  CONSTRAINT photo_bytes_check CHECK (((length(bytes) >= 1) AND (length(bytes) <= 1048576)))
  CONSTRAINT photo_media_type_check CHECK ((media_type = ANY (ARRAY['image/png'::text, 'image/jpeg'::text, 'image/webp'::text])))
  CONSTRAINT photo_pkey PRIMARY KEY (sha256)
  CONSTRAINT photo_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))

TABLE plan
  plan_id text NOT NULL
  body jsonb NOT NULL
  CONSTRAINT plan_pkey PRIMARY KEY (plan_id)

TABLE producers
  site_id text NOT NULL
  incarnation integer NOT NULL
  producer_id text NOT NULL
  epoch bigint NOT NULL
  seq bigint NOT NULL
  CONSTRAINT producers_pkey PRIMARY KEY (site_id, incarnation, producer_id)
  CONSTRAINT producers_site_id_incarnation_fkey FOREIGN KEY (site_id, incarnation) REFERENCES streams(site_id, incarnation)

TABLE projection_positions
  site_id text NOT NULL
  incarnation integer NOT NULL
  seq bigint NOT NULL DEFAULT 0
  audit_seq bigint NOT NULL DEFAULT 0
  CONSTRAINT projection_positions_pkey PRIMARY KEY (site_id, incarnation)

TABLE quarantine
  site_id text NOT NULL
  incarnation integer NOT NULL
  seq bigint NOT NULL
  hash text NOT NULL
  reason text NOT NULL
  detail text NOT NULL
  entry text NOT NULL
  quarantined_ms bigint NOT NULL
  CONSTRAINT quarantine_pkey PRIMARY KEY (site_id, incarnation, seq, hash)

TABLE reconciliations
  site_id text NOT NULL
  incarnation integer NOT NULL
  result jsonb NOT NULL
  CONSTRAINT reconciliations_pkey PRIMARY KEY (site_id)
  CONSTRAINT reconciliations_site_id_fkey FOREIGN KEY (site_id) REFERENCES sites(site_id)
  ROW LEVEL SECURITY
  POLICY own_rows USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = reconciliations.site_id)))

TABLE refused_calls
  site_id text NOT NULL
  kind text NOT NULL
  day_ms bigint NOT NULL
  calls bigint NOT NULL
  first_ms bigint NOT NULL
  last_ms bigint NOT NULL
  CONSTRAINT refused_calls_calls_check CHECK ((calls > 0))
  CONSTRAINT refused_calls_kind_check CHECK ((kind = ANY (ARRAY['forged_token'::text, 'wrong_stream'::text])))
  CONSTRAINT refused_calls_pkey PRIMARY KEY (site_id, kind, day_ms)
  CONSTRAINT refused_calls_site_id_fkey FOREIGN KEY (site_id) REFERENCES sites(site_id)
  ROW LEVEL SECURITY
  POLICY own_refused_calls USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = refused_calls.site_id)))

TABLE request_answers
  site_id text NOT NULL
  request_id text NOT NULL
  incarnation integer NOT NULL
  seq bigint NOT NULL
  type text NOT NULL
  body jsonb NOT NULL
  at_ms bigint NOT NULL
  CONSTRAINT request_answers_pkey PRIMARY KEY (site_id, request_id)
  CREATE INDEX request_answers_by_request ON public.request_answers USING btree (request_id)
  ROW LEVEL SECURITY
  POLICY own_rows USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = request_answers.site_id)))

TABLE sandbox_charge
  idempotency_key text NOT NULL
  amount_minor bigint NOT NULL
  currency text NOT NULL
  state text NOT NULL
  refunded_minor bigint NOT NULL DEFAULT 0
  CONSTRAINT sandbox_charge_check CHECK (((refunded_minor >= 0) AND (refunded_minor <= amount_minor)))
  CONSTRAINT sandbox_charge_pkey PRIMARY KEY (idempotency_key)
  CONSTRAINT sandbox_charge_state_check CHECK ((state = ANY (ARRAY['authorised'::text, 'declined'::text, 'captured'::text, 'voided'::text])))

TABLE sandbox_refund
  idempotency_key text NOT NULL
  charge_key text NOT NULL
  amount_minor bigint NOT NULL
  CONSTRAINT sandbox_refund_amount_minor_check CHECK ((amount_minor > 0))
  CONSTRAINT sandbox_refund_charge_key_fkey FOREIGN KEY (charge_key) REFERENCES sandbox_charge(idempotency_key)
  CONSTRAINT sandbox_refund_pkey PRIMARY KEY (idempotency_key)

TABLE site_directory
  site_id text NOT NULL
  kind text NOT NULL
  key text NOT NULL
  epoch integer NOT NULL
  rev bigint NOT NULL
  body jsonb
  digest text NOT NULL
  CONSTRAINT site_directory_pkey PRIMARY KEY (site_id, kind, key)
  CONSTRAINT site_directory_site_id_fkey FOREIGN KEY (site_id) REFERENCES sites(site_id)
  ROW LEVEL SECURITY
  POLICY own_directory USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = site_directory.site_id)))

TABLE site_directory_log
  site_id text NOT NULL
  epoch integer NOT NULL
  rev bigint NOT NULL
  kind text NOT NULL
  key text NOT NULL
  operation text NOT NULL
  body jsonb
  digest text NOT NULL
  CONSTRAINT site_directory_log_operation_check CHECK ((operation = ANY (ARRAY['insert'::text, 'update'::text])))
  CONSTRAINT site_directory_log_pkey PRIMARY KEY (site_id, rev)
  CONSTRAINT site_directory_log_site_id_fkey FOREIGN KEY (site_id) REFERENCES sites(site_id)

TABLE site_health
  site_id text NOT NULL
  incarnation integer NOT NULL
  heard_ms bigint NOT NULL
  heartbeat jsonb NOT NULL
  behind_since_ms bigint
  boots jsonb NOT NULL DEFAULT '[]'::jsonb
  CONSTRAINT site_health_pkey PRIMARY KEY (site_id)
  CONSTRAINT site_health_site_id_fkey FOREIGN KEY (site_id) REFERENCES sites(site_id)
  ROW LEVEL SECURITY
  POLICY own_site_health USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = site_health.site_id)))

TABLE site_incarnations
  site_id text NOT NULL
  incarnation integer NOT NULL
  public_key text NOT NULL
  machine text NOT NULL
  enrolled_ms bigint NOT NULL
  machine_mark text
  origin text NOT NULL DEFAULT 'enrolled'::text
  books_from integer
  CONSTRAINT site_incarnations_incarnation_check CHECK ((incarnation >= 1))
  CONSTRAINT site_incarnations_origin_check CHECK ((origin = ANY (ARRAY['enrolled'::text, 'recovered'::text, 'adopted'::text])))
  CONSTRAINT site_incarnations_pkey PRIMARY KEY (site_id, incarnation)
  CONSTRAINT site_incarnations_site_id_fkey FOREIGN KEY (site_id) REFERENCES sites(site_id)

TABLE site_manager
  user_id text NOT NULL
  site_id text NOT NULL
  CONSTRAINT site_manager_pkey PRIMARY KEY (user_id, site_id)
  CONSTRAINT site_manager_user_id_fkey FOREIGN KEY (user_id) REFERENCES login_user(id) ON DELETE CASCADE

TABLE site_password
  user_id text NOT NULL
  verifier text NOT NULL
  set_ms bigint NOT NULL
  CONSTRAINT site_password_pkey PRIMARY KEY (user_id)
  CONSTRAINT site_password_user_id_fkey FOREIGN KEY (user_id) REFERENCES login_user(id) ON DELETE CASCADE

TABLE site_recoveries
  site_id text NOT NULL
  incarnation integer NOT NULL
  state text NOT NULL
  why text
  machine text NOT NULL
  asked_ms bigint NOT NULL
  edge_seq bigint NOT NULL
  cloud_seq bigint NOT NULL
  granted_incarnation integer
  decided_by text
  decided_ms bigint
  statement text
  CONSTRAINT site_recoveries_pkey PRIMARY KEY (site_id, incarnation)
  CONSTRAINT site_recoveries_site_id_incarnation_fkey FOREIGN KEY (site_id, incarnation) REFERENCES site_incarnations(site_id, incarnation)
  CONSTRAINT site_recoveries_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'allowed'::text, 'refused'::text, 'granted'::text])))
  ROW LEVEL SECURITY
  POLICY own_site_recoveries USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = site_recoveries.site_id)))

TABLE site_secrets
  site_id text NOT NULL
  site_key text NOT NULL
  CONSTRAINT site_secrets_pkey PRIMARY KEY (site_id)
  CONSTRAINT site_secrets_site_id_fkey FOREIGN KEY (site_id) REFERENCES sites(site_id)

TABLE site_sync
  site_id text NOT NULL
  incarnation integer NOT NULL
  state text NOT NULL
  since_ms bigint NOT NULL
  seen_ms bigint NOT NULL
  edge_seq bigint NOT NULL
  cloud_seq bigint NOT NULL
  version text NOT NULL
  pruned_seq bigint
  pruned_hash text
  CONSTRAINT site_sync_pkey PRIMARY KEY (site_id, incarnation)
  CONSTRAINT site_sync_site_id_incarnation_fkey FOREIGN KEY (site_id, incarnation) REFERENCES site_incarnations(site_id, incarnation)
  CONSTRAINT site_sync_state_check CHECK ((state = ANY (ARRAY['in_step'::text, 'edge_ahead'::text, 'cloud_ahead'::text, 'history_gone'::text, 'fork'::text, 'older_life'::text])))
  ROW LEVEL SECURITY
  POLICY own_site_sync USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = site_sync.site_id)))

TABLE sites
  site_id text NOT NULL
  operator_id text NOT NULL
  incarnation integer NOT NULL DEFAULT 0
  created_ms bigint NOT NULL
  CONSTRAINT sites_incarnation_check CHECK ((incarnation >= 0))
  CONSTRAINT sites_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES operators(operator_id)
  CONSTRAINT sites_pkey PRIMARY KEY (site_id)
  CREATE INDEX sites_by_operator ON public.sites USING btree (operator_id)
  ROW LEVEL SECURITY
  POLICY own_sites USING (operator_id = current_setting('gatehouse.operator'::text, true))

TABLE space_states
  site_id text NOT NULL
  space_id text NOT NULL
  incarnation integer NOT NULL
  seq bigint NOT NULL
  occupied boolean NOT NULL
  since_ms bigint NOT NULL
  CONSTRAINT space_states_pkey PRIMARY KEY (site_id, space_id)
  ROW LEVEL SECURITY
  POLICY own_rows USING (EXISTS ( SELECT FROM sites WHERE (sites.site_id = space_states.site_id)))

TABLE streams
  site_id text NOT NULL
  incarnation integer NOT NULL
  head_seq bigint NOT NULL DEFAULT 0
  head_hash text NOT NULL DEFAULT repeat('0'::text, 64)
  writer_seq text
  taken_over_at_seq bigint
  CONSTRAINT streams_pkey PRIMARY KEY (site_id, incarnation)
  CONSTRAINT streams_site_id_incarnation_fkey FOREIGN KEY (site_id, incarnation) REFERENCES site_incarnations(site_id, incarnation)

TABLE vehicle
  vehicle_id text NOT NULL
  member_id text NOT NULL
  vehicle_class text NOT NULL
  plate_digest text NOT NULL
  sealed bytea NOT NULL
  registered_ms bigint NOT NULL
  CONSTRAINT vehicle_member_id_fkey FOREIGN KEY (member_id) REFERENCES member(member_id)
  CONSTRAINT vehicle_pkey PRIMARY KEY (vehicle_id)
  CONSTRAINT vehicle_plate_digest_key UNIQUE (plate_digest)
  CREATE INDEX vehicle_by_member ON public.vehicle USING btree (member_id)

VIEW occupancy
  site_id text
  zone_id text
  inside integer
   SELECT site_id, zone_id, (count(*))::integer AS inside FROM parking_sessions WHERE ((entered_ms IS NOT NULL) AND (departed_ms IS NULL) AND (zone_id IS NOT NULL)) GROUP BY site_id, zone_id;
