-- What the migrations come to. Written by `pnpm db:types`; a test compares it.

create table addressees (
  item_id text not null,
  org_id text not null,
  notice_id text not null,
  role text not null,
  accountable boolean not null,
  offered_at timestamp(3) with time zone,
  received_at timestamp(3) with time zone,
  due_at timestamp(3) with time zone,
  obstacles jsonb default '[]'::jsonb not null,
  ended_at timestamp(3) with time zone,
  deadline_passed_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  second_offered_at timestamp(3) with time zone,
  constraint addressees_pkey PRIMARY KEY (item_id, org_id),
  constraint addressees_item_id_fkey FOREIGN KEY (item_id) REFERENCES items(id),
  constraint addressees_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notices(id),
  constraint addressees_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint addressees_role_check CHECK ((role = ANY (ARRAY['hosting'::text, 'reseller'::text, 'site_operator'::text, 'reverse_proxy'::text])))
);
CREATE INDEX addressees_by_notice ON addressees USING btree (notice_id);
CREATE INDEX addressees_by_org ON addressees USING btree (org_id, notice_id);
CREATE INDEX addressees_by_second_offer ON addressees USING btree (second_offered_at) WHERE ((second_offered_at IS NOT NULL) AND (received_at IS NULL) AND (ended_at IS NULL));
CREATE INDEX addressees_running ON addressees USING btree (due_at) WHERE ((ended_at IS NULL) AND (deadline_passed_at IS NULL));

create table answer_links (
  id text not null,
  delivery_id text not null,
  notice_id text not null,
  org_id text not null,
  contact_id text not null,
  created_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone not null,
  revoked_at timestamp(3) with time zone,
  confirmed_at timestamp(3) with time zone,
  wrong_numbers smallint default 0 not null,
  wrong_since timestamp(3) with time zone,
  mailbox smallint default 1 not null,
  constraint answer_links_pkey PRIMARY KEY (id),
  constraint answer_links_delivery_id_contact_id_mailbox_key UNIQUE (delivery_id, contact_id, mailbox),
  constraint answer_links_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES deliveries(id),
  constraint answer_links_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notices(id),
  constraint answer_links_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id)
);
CREATE INDEX answer_links_by_notice ON answer_links USING btree (notice_id, contact_id);

create table api_tokens (
  id text not null,
  org_id text not null,
  name text not null,
  token_hash bytea not null,
  hint text not null,
  live boolean not null,
  scopes text[] not null,
  created_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone,
  revoked_at timestamp(3) with time zone,
  last_used_at timestamp(3) with time zone,
  created_by text,
  replaces text,
  constraint api_tokens_pkey PRIMARY KEY (id),
  constraint api_tokens_token_hash_key UNIQUE (token_hash),
  constraint api_tokens_created_by_fkey FOREIGN KEY (created_by) REFERENCES people(id),
  constraint api_tokens_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint api_tokens_replaces_fkey FOREIGN KEY (replaces) REFERENCES api_tokens(id)
);
CREATE INDEX api_tokens_by_org ON api_tokens USING btree (org_id);

create table attempts (
  id text not null,
  delivery_id text not null,
  org_id text not null,
  endpoint_id text not null,
  number integer not null,
  started_at timestamp(3) with time zone not null,
  finished_at timestamp(3) with time zone,
  result text,
  status smallint,
  code text,
  ms integer,
  sealed bytea,
  constraint attempts_pkey PRIMARY KEY (id),
  constraint attempts_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES deliveries(id),
  constraint attempts_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id),
  constraint attempts_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint attempts_result_check CHECK ((result = ANY (ARRAY['received'::text, 'refused'::text, 'failed'::text, 'abandoned'::text])))
);
CREATE INDEX attempts_by_delivery ON attempts USING btree (delivery_id, number);
CREATE INDEX attempts_running ON attempts USING btree (endpoint_id, started_at) WHERE (result IS NULL);

create table attributions (
  id text not null,
  item_id text not null,
  at timestamp(3) with time zone not null,
  confidence text not null,
  chain jsonb not null,
  sealed bytea,
  constraint attributions_pkey PRIMARY KEY (id),
  constraint attributions_item_id_fkey FOREIGN KEY (item_id) REFERENCES items(id),
  constraint attributions_confidence_check CHECK ((confidence = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text])))
);
CREATE INDEX attributions_by_item ON attributions USING btree (item_id, at);

create table contact_confirmations (
  id text not null,
  contact_id text not null,
  org_id text not null,
  why text not null,
  code_mac bytea not null,
  mailbox_mac bytea not null,
  tries smallint default 0 not null,
  requested_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone not null,
  consumed_at timestamp(3) with time zone,
  voided_at timestamp(3) with time zone,
  constraint contact_confirmations_pkey PRIMARY KEY (id),
  constraint contact_confirmations_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id),
  constraint contact_confirmations_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint contact_confirmations_why_check CHECK ((why = ANY (ARRAY['verify'::text, 'challenge'::text])))
);
CREATE INDEX contact_confirmations_by_contact ON contact_confirmations USING btree (contact_id, requested_at);
CREATE INDEX contact_confirmations_by_mailbox ON contact_confirmations USING btree (mailbox_mac, requested_at);
CREATE INDEX contact_confirmations_by_org ON contact_confirmations USING btree (org_id, requested_at);

create table contact_returns (
  mail_id text not null,
  contact_id text not null,
  org_id text not null,
  permanent boolean not null,
  code text not null,
  at timestamp(3) with time zone not null,
  constraint contact_returns_pkey PRIMARY KEY (mail_id),
  constraint contact_returns_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id),
  constraint contact_returns_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id)
);
CREATE INDEX contact_returns_by_contact ON contact_returns USING btree (contact_id, at);

create table contacts (
  id text not null,
  org_id text not null,
  kind text not null,
  email text not null,
  phone text,
  languages text[] not null,
  position smallint not null,
  verified_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  source text default 'given'::text not null,
  invited_at timestamp(3) with time zone,
  invited_with text,
  name text,
  purposes text[] default '{notices,escalation}'::text[] not null,
  time_zone text default 'Europe/Amsterdam'::text not null,
  hours jsonb,
  away_from timestamp(3) with time zone,
  away_until timestamp(3) with time zone,
  lapses_at timestamp(3) with time zone,
  reminded smallint default 0 not null,
  lapsed_at timestamp(3) with time zone,
  unreachable_at timestamp(3) with time zone,
  unreachable_code text,
  silent smallint default 0 not null,
  removed_at timestamp(3) with time zone,
  updated_at timestamp(3) with time zone,
  mailbox smallint default 1 not null,
  complained_at timestamp(3) with time zone,
  constraint contacts_pkey PRIMARY KEY (id),
  constraint contacts_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint contacts_kind_check CHECK ((kind = ANY (ARRAY['abuse'::text, 'dsa11'::text, 'tco15'::text, 'legal_representative'::text]))),
  constraint contacts_source_check CHECK ((source = ANY (ARRAY['given'::text, 'registry'::text])))
);
CREATE INDEX contacts_by_lapse ON contacts USING btree (lapses_at) WHERE ((lapses_at IS NOT NULL) AND (lapsed_at IS NULL));
CREATE INDEX contacts_by_mailbox ON contacts USING btree (lower(email));
CREATE INDEX contacts_by_org ON contacts USING btree (org_id, "position");

create table contested_claims (
  id text not null,
  org_id text not null,
  email text not null,
  person_name text not null,
  locale text not null,
  claimed_at timestamp(3) with time zone not null,
  settled_at timestamp(3) with time zone,
  decision_id text,
  constraint contested_claims_pkey PRIMARY KEY (id),
  constraint contested_claims_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES decisions(id),
  constraint contested_claims_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id)
);
CREATE UNIQUE INDEX contested_claims_open ON contested_claims USING btree (org_id, email) WHERE (settled_at IS NULL);

create table decisions (
  id text not null,
  org_id text not null,
  decision text not null,
  reason text not null,
  person_id text,
  decided_at timestamp(3) with time zone not null,
  constraint decisions_pkey PRIMARY KEY (id),
  constraint decisions_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint decisions_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id),
  constraint decisions_decision_check CHECK ((decision = ANY (ARRAY['invited'::text, 'admitted'::text, 'refused'::text, 'suspended'::text, 'reinstated'::text, 'claim_upheld'::text, 'claim_dismissed'::text])))
);
CREATE INDEX decisions_by_org ON decisions USING btree (org_id, decided_at);

create table delegated_items (
  item_id text not null,
  delegation_id text not null,
  org_id text not null,
  to_org_id text not null,
  notice_id text not null,
  at timestamp(3) with time zone not null,
  constraint delegated_items_pkey PRIMARY KEY (item_id),
  constraint delegated_items_delegation_id_fkey FOREIGN KEY (delegation_id) REFERENCES delegations(id),
  constraint delegated_items_item_id_fkey FOREIGN KEY (item_id) REFERENCES items(id),
  constraint delegated_items_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notices(id),
  constraint delegated_items_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint delegated_items_to_org_id_fkey FOREIGN KEY (to_org_id) REFERENCES organisations(id)
);
CREATE INDEX delegated_items_by_delegation ON delegated_items USING btree (delegation_id);
CREATE INDEX delegated_items_to ON delegated_items USING btree (to_org_id, item_id);

create table delegations (
  id text not null,
  org_id text not null,
  to_org_id text not null,
  network_id text not null,
  family smallint,
  network bytea,
  prefix_length smallint,
  domain text,
  sees text not null,
  ends_at timestamp(3) with time zone not null,
  ended_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  constraint delegations_pkey PRIMARY KEY (id),
  constraint delegations_network_id_fkey FOREIGN KEY (network_id) REFERENCES networks(id),
  constraint delegations_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint delegations_to_org_id_fkey FOREIGN KEY (to_org_id) REFERENCES organisations(id),
  constraint delegations_check CHECK ((org_id <> to_org_id)),
  constraint delegations_check1 CHECK (((network IS NULL) <> (domain IS NULL))),
  constraint delegations_check2 CHECK ((((network IS NULL) = (family IS NULL)) AND ((network IS NULL) = (prefix_length IS NULL)))),
  constraint delegations_family_check CHECK ((family = ANY (ARRAY[4, 6]))),
  constraint delegations_sees_check CHECK ((sees = ANY (ARRAY['count'::text, 'items'::text, 'addresses'::text])))
);
CREATE INDEX delegations_by_network ON delegations USING btree (network_id);
CREATE INDEX delegations_by_org ON delegations USING btree (org_id);
CREATE INDEX delegations_to ON delegations USING btree (to_org_id);

create table deliveries (
  id text not null,
  org_id text not null,
  notice_id text not null,
  jti text not null,
  event text not null,
  seq integer not null,
  endpoint_id text,
  state text not null,
  offered_at timestamp(3) with time zone,
  received_at timestamp(3) with time zone,
  received_how text,
  acknowledged_at timestamp(3) with time zone,
  next_attempt_at timestamp(3) with time zone,
  attempts integer default 0 not null,
  last_code text,
  deadline_at timestamp(3) with time zone not null,
  leased_by text,
  leased_until timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  escalated smallint default 0 not null,
  unacknowledged_at timestamp(3) with time zone,
  resent_at timestamp(3) with time zone,
  resent_after integer,
  stands_in text,
  first_queued_at timestamp(3) with time zone,
  constraint deliveries_pkey PRIMARY KEY (id),
  constraint deliveries_jti_key UNIQUE (jti),
  constraint deliveries_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id),
  constraint deliveries_jti_fkey FOREIGN KEY (jti) REFERENCES tokens(jti),
  constraint deliveries_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notices(id),
  constraint deliveries_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint deliveries_received_how_check CHECK ((received_how = ANY (ARRAY['push'::text, 'poll'::text, 'signed_receipt'::text, 'form_confirmed'::text]))),
  constraint deliveries_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'offered'::text, 'received'::text, 'acknowledged'::text, 'failed'::text])))
);
CREATE INDEX deliveries_by_notice ON deliveries USING btree (notice_id);
CREATE INDEX deliveries_by_org ON deliveries USING btree (org_id, id);
CREATE INDEX deliveries_steps ON deliveries USING btree (escalated, deadline_at) WHERE ((next_attempt_at IS NOT NULL) AND (escalated < 3));
CREATE INDEX deliveries_unreceipted ON deliveries USING btree (received_at) WHERE ((state = 'received'::text) AND (received_how = 'push'::text) AND (unacknowledged_at IS NULL));
CREATE INDEX deliveries_waiting ON deliveries USING btree (org_id, deadline_at, id) WHERE (next_attempt_at IS NOT NULL);

create table desk_tasks (
  id text not null,
  kind text not null,
  org_id text not null,
  notice_id text not null,
  delivery_id text not null,
  person_id text,
  opened_at timestamp(3) with time zone not null,
  mailed_at timestamp(3) with time zone,
  closed_at timestamp(3) with time zone,
  closed_by text,
  note text,
  constraint desk_tasks_pkey PRIMARY KEY (id),
  constraint desk_tasks_kind_delivery_id_key UNIQUE (kind, delivery_id),
  constraint desk_tasks_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES people(id),
  constraint desk_tasks_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES deliveries(id),
  constraint desk_tasks_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notices(id),
  constraint desk_tasks_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint desk_tasks_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id),
  constraint desk_tasks_kind_check CHECK ((kind = ANY (ARRAY['undelivered'::text, 'unacknowledged'::text])))
);
CREATE INDEX desk_tasks_by_org ON desk_tasks USING btree (org_id, kind) WHERE (closed_at IS NULL);
CREATE INDEX desk_tasks_open ON desk_tasks USING btree (opened_at) WHERE (closed_at IS NULL);

create table endpoint_networks (
  endpoint_id text not null,
  network_id text not null,
  org_id text not null,
  created_at timestamp(3) with time zone not null,
  constraint endpoint_networks_pkey PRIMARY KEY (endpoint_id, network_id),
  constraint endpoint_networks_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id),
  constraint endpoint_networks_network_id_fkey FOREIGN KEY (network_id) REFERENCES networks(id),
  constraint endpoint_networks_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id)
);
CREATE INDEX endpoint_networks_by_network ON endpoint_networks USING btree (network_id);

create table endpoints (
  id text not null,
  org_id text not null,
  url text,
  description text,
  jwks_uri text,
  media_type text default 'application/secevent+jwt'::text not null,
  state text not null,
  verified_at timestamp(3) with time zone,
  verified_grade text,
  verification_jti text,
  failures integer default 0 not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  bound boolean default false not null,
  state_reason text,
  in_flight smallint,
  allowed_rate integer,
  paced_until timestamp(3) with time zone,
  rests smallint default 0 not null,
  rests_until timestamp(3) with time zone,
  constraint endpoints_pkey PRIMARY KEY (id),
  constraint endpoints_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint endpoints_allowed_rate_check CHECK ((allowed_rate > 0)),
  constraint endpoints_in_flight_check CHECK (((in_flight >= 1) AND (in_flight <= 32))),
  constraint endpoints_media_type_check CHECK ((media_type = ANY (ARRAY['application/secevent+jwt'::text, 'application/json'::text]))),
  constraint endpoints_state_check CHECK ((state = ANY (ARRAY['unverified'::text, 'active'::text, 'paused'::text, 'retired'::text]))),
  constraint endpoints_verified_grade_check CHECK ((verified_grade = ANY (ARRAY['answered'::text, 'signed'::text])))
);
CREATE INDEX endpoints_by_org ON endpoints USING btree (org_id, state);

create table fact_heads (
  chain text not null,
  seq integer not null,
  hash bytea not null,
  constraint fact_heads_pkey PRIMARY KEY (chain)
);

create table factor_tries (
  person_id text not null,
  wrong smallint not null,
  blocked_until timestamp(3) with time zone,
  constraint factor_tries_pkey PRIMARY KEY (person_id),
  constraint factor_tries_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id)
);

create table facts (
  chain text not null,
  seq integer not null,
  id text not null,
  kind text not null,
  at timestamp(3) with time zone not null,
  payload text not null,
  previous bytea not null,
  hash bytea not null,
  constraint facts_pkey PRIMARY KEY (chain, seq),
  constraint facts_id_key UNIQUE (id)
);
CREATE INDEX facts_by_kind ON facts USING btree (kind, at);
CREATE INDEX facts_by_time ON facts USING btree (at);
CREATE TRIGGER facts_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON facts FOR EACH STATEMENT EXECUTE FUNCTION facts_are_never_changed();

create table former_mailboxes (
  id text not null,
  contact_id text not null,
  org_id text not null,
  email text not null,
  locale text not null,
  ended_at timestamp(3) with time zone not null,
  constraint former_mailboxes_pkey PRIMARY KEY (id),
  constraint former_mailboxes_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id),
  constraint former_mailboxes_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id)
);

create table heartbeats (
  part text not null,
  at timestamp(3) with time zone not null,
  constraint heartbeats_pkey PRIMARY KEY (part),
  constraint heartbeats_part_check CHECK ((part = ANY (ARRAY['portal'::text, 'worker'::text])))
);

create table holder_searches (
  item_id text not null,
  began_at timestamp(3) with time zone not null,
  next_at timestamp(3) with time zone,
  tries integer default 0 not null,
  last_code text,
  constraint holder_searches_pkey PRIMARY KEY (item_id),
  constraint holder_searches_item_id_fkey FOREIGN KEY (item_id) REFERENCES items(id)
);
CREATE INDEX holder_searches_due ON holder_searches USING btree (next_at) WHERE (next_at IS NOT NULL);

create table idempotency (
  org_id text not null,
  route text not null,
  key_hash bytea not null,
  body_mac bytea not null,
  started_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone not null,
  status smallint,
  answer text,
  holder text,
  held_until timestamp(3) with time zone,
  constraint idempotency_pkey PRIMARY KEY (org_id, route, key_hash)
);
CREATE INDEX idempotency_by_expiry ON idempotency USING btree (expires_at);

create table inbox_rows (
  item_id text not null,
  org_id text not null,
  side text not null,
  notice_id text not null,
  position smallint not null,
  regime text not null,
  category text not null,
  scope text not null,
  reference text,
  notifier_org_id text not null,
  provider_org_id text,
  role text,
  accountable boolean,
  delivery text,
  handling text not null,
  observation text not null,
  clock text not null,
  headline text not null,
  submitted_at timestamp(3) with time zone not null,
  received_at timestamp(3) with time zone,
  due_at timestamp(3) with time zone,
  ended_at timestamp(3) with time zone,
  updated_at timestamp(3) with time zone not null,
  constraint inbox_rows_pkey PRIMARY KEY (item_id, org_id, side),
  constraint inbox_rows_item_id_fkey FOREIGN KEY (item_id) REFERENCES items(id),
  constraint inbox_rows_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notices(id),
  constraint inbox_rows_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint inbox_rows_side_check CHECK ((side = ANY (ARRAY['notifier'::text, 'provider'::text])))
);
CREATE INDEX inbox_rows_by_notice ON inbox_rows USING btree (notice_id);
CREATE INDEX inbox_rows_by_reader ON inbox_rows USING btree (org_id, side, submitted_at DESC, item_id);
CREATE INDEX inbox_rows_open ON inbox_rows USING btree (org_id, side) WHERE (ended_at IS NULL);

create table invitations (
  id text not null,
  org_id text not null,
  email text not null,
  role text not null,
  locale text default 'en'::text not null,
  invited_by text,
  created_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone not null,
  sent_count smallint default 1 not null,
  last_sent_at timestamp(3) with time zone not null,
  revoked_at timestamp(3) with time zone,
  accepted_at timestamp(3) with time zone,
  accepted_by text,
  constraint invitations_pkey PRIMARY KEY (id),
  constraint invitations_accepted_by_fkey FOREIGN KEY (accepted_by) REFERENCES people(id),
  constraint invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES people(id),
  constraint invitations_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint invitations_locale_check CHECK ((locale = ANY (ARRAY['en'::text, 'nl'::text]))),
  constraint invitations_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'handler'::text, 'developer'::text, 'read_only'::text])))
);
CREATE INDEX invitations_by_org ON invitations USING btree (org_id, created_at);
CREATE UNIQUE INDEX invitations_waiting ON invitations USING btree (org_id, email) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL));

create table items (
  id text not null,
  notice_id text not null,
  org_id text not null,
  position smallint not null,
  scope text not null,
  seen_at timestamp(3) with time zone,
  data_key bytea,
  sealed bytea,
  locator_mac bytea not null,
  duplicate_of text,
  parent_item_id text,
  attribution text not null,
  withdrawn_at timestamp(3) with time zone,
  closed_at timestamp(3) with time zone,
  constraint items_pkey PRIMARY KEY (id),
  constraint items_notice_id_position_key UNIQUE (notice_id, "position"),
  constraint items_duplicate_of_fkey FOREIGN KEY (duplicate_of) REFERENCES items(id),
  constraint items_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notices(id),
  constraint items_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint items_parent_item_id_fkey FOREIGN KEY (parent_item_id) REFERENCES items(id),
  constraint items_attribution_check CHECK ((attribution = ANY (ARRAY['waiting'::text, 'attributed'::text, 'unattributed'::text]))),
  constraint items_scope_check CHECK ((scope = ANY (ARRAY['file'::text, 'page'::text, 'account'::text, 'site'::text])))
);
CREATE INDEX items_by_locator ON items USING btree (locator_mac);
CREATE INDEX items_by_notice ON items USING btree (notice_id);
CREATE INDEX items_unattributed ON items USING btree (org_id, id) WHERE (attribution <> 'attributed'::text);

create table joinings (
  id text not null,
  kind text not null,
  email text not null,
  person_name text not null,
  locale text not null,
  org_id text,
  contact_id text,
  company_name text,
  country text,
  asked_by text,
  asked_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone not null,
  consumed_at timestamp(3) with time zone,
  constraint joinings_pkey PRIMARY KEY (id),
  constraint joinings_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES people(id),
  constraint joinings_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint joinings_check CHECK (((kind = 'join'::text) OR (org_id IS NOT NULL))),
  constraint joinings_check1 CHECK (((kind = 'join'::text) = (company_name IS NOT NULL))),
  constraint joinings_kind_check CHECK ((kind = ANY (ARRAY['join'::text, 'claim'::text, 'invitation'::text]))),
  constraint joinings_locale_check CHECK ((locale = ANY (ARRAY['en'::text, 'nl'::text])))
);
CREATE INDEX joinings_by_email ON joinings USING btree (email, asked_at);
CREATE INDEX joinings_by_time ON joinings USING btree (asked_at);

create table locator_locks (
  mac bytea not null,
  constraint locator_locks_pkey PRIMARY KEY (mac)
);

create table mailbox (
  id text not null,
  sent_at timestamp(3) with time zone not null,
  recipient text not null,
  subject text not null,
  body text not null,
  constraint mailbox_pkey PRIMARY KEY (id)
);
CREATE INDEX mailbox_by_time ON mailbox USING btree (sent_at);

create table mailbox_changes (
  id text not null,
  person_id text not null,
  email text not null,
  requested_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone not null,
  old_confirmed_at timestamp(3) with time zone,
  new_confirmed_at timestamp(3) with time zone,
  ended_at timestamp(3) with time zone,
  constraint mailbox_changes_pkey PRIMARY KEY (id),
  constraint mailbox_changes_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id)
);
CREATE INDEX mailbox_changes_by_person ON mailbox_changes USING btree (person_id, requested_at);

create table mails (
  id text not null,
  key text not null,
  org_id text,
  contact_id text,
  purpose text not null,
  notice_id text,
  delivery_id text,
  recipient_domain text not null,
  state text not null,
  code text,
  permanent boolean,
  prepared_at timestamp(3) with time zone not null,
  sent_at timestamp(3) with time zone,
  changed_at timestamp(3) with time zone not null,
  recipient_id text,
  about_id text,
  constraint mails_pkey PRIMARY KEY (id),
  constraint mails_key_key UNIQUE (key),
  constraint mails_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES deliveries(id),
  constraint mails_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notices(id),
  constraint mails_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint mails_state_check CHECK ((state = ANY (ARRAY['sending'::text, 'sent'::text, 'delayed'::text, 'returned'::text, 'auto_replied'::text, 'answered'::text, 'silent'::text])))
);
CREATE INDEX mails_asking ON mails USING btree (sent_at) WHERE ((state = ANY (ARRAY['sent'::text, 'delayed'::text])) AND (purpose <> 'pointer'::text));
CREATE INDEX mails_by_about ON mails USING btree (about_id) WHERE (about_id IS NOT NULL);
CREATE INDEX mails_by_contact ON mails USING btree (contact_id, sent_at) WHERE (contact_id IS NOT NULL);
CREATE INDEX mails_by_notice ON mails USING btree (notice_id) WHERE (notice_id IS NOT NULL);
CREATE INDEX mails_by_org ON mails USING btree (org_id, sent_at);
CREATE INDEX mails_unanswered ON mails USING btree (sent_at) WHERE (state = ANY (ARRAY['sent'::text, 'delayed'::text]));

create table memberships (
  org_id text not null,
  person_id text not null,
  role text not null,
  created_at timestamp(3) with time zone not null,
  constraint memberships_pkey PRIMARY KEY (org_id, person_id),
  constraint memberships_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint memberships_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id),
  constraint memberships_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'handler'::text, 'developer'::text, 'read_only'::text])))
);
CREATE INDEX memberships_by_person ON memberships USING btree (person_id);

create table network_checks (
  id text not null,
  claim_id text not null,
  at timestamp(3) with time zone not null,
  result text not null,
  detail text not null,
  constraint network_checks_pkey PRIMARY KEY (id),
  constraint network_checks_claim_id_fkey FOREIGN KEY (claim_id) REFERENCES network_claims(id),
  constraint network_checks_result_check CHECK ((result = ANY (ARRAY['found'::text, 'missing'::text, 'disagree'::text, 'failed'::text, 'one_resolver'::text, 'of_another'::text])))
);
CREATE INDEX network_checks_by_claim ON network_checks USING btree (claim_id, at);

create table network_claims (
  id text not null,
  org_id text not null,
  kind text not null,
  family smallint,
  network bytea,
  prefix_length smallint,
  domain text,
  asn bigint,
  proof text not null,
  token_hash bytea not null,
  tries smallint default 0 not null,
  registry jsonb,
  routing jsonb,
  contradictions text[] default '{}'::text[] not null,
  holder_id text,
  consented_at timestamp(3) with time zone,
  consent_refused_at timestamp(3) with time zone,
  proven_at timestamp(3) with time zone,
  decision text,
  decided_at timestamp(3) with time zone,
  decided_by text,
  decision_reason text,
  network_id text,
  next_check_at timestamp(3) with time zone,
  checked_at timestamp(3) with time zone,
  found_at timestamp(3) with time zone,
  missing_since timestamp(3) with time zone,
  reminders smallint default 0 not null,
  expires_at timestamp(3) with time zone not null,
  ended_at timestamp(3) with time zone,
  ended_code text,
  created_at timestamp(3) with time zone not null,
  constraint network_claims_pkey PRIMARY KEY (id),
  constraint network_claims_token_hash_key UNIQUE (token_hash),
  constraint network_claims_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES people(id),
  constraint network_claims_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES organisations(id),
  constraint network_claims_network_id_fkey FOREIGN KEY (network_id) REFERENCES networks(id),
  constraint network_claims_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint network_claims_check CHECK (((kind = 'cidr'::text) = ((network IS NOT NULL) AND (family IS NOT NULL) AND (prefix_length IS NOT NULL)))),
  constraint network_claims_check1 CHECK (((kind = 'domain'::text) = (domain IS NOT NULL))),
  constraint network_claims_check2 CHECK (((kind = 'asn'::text) = (asn IS NOT NULL))),
  constraint network_claims_check3 CHECK (((decision IS NULL) = (decided_at IS NULL))),
  constraint network_claims_decision_check CHECK ((decision = ANY (ARRAY['accepted'::text, 'refused'::text]))),
  constraint network_claims_family_check CHECK ((family = ANY (ARRAY[4, 6]))),
  constraint network_claims_kind_check CHECK ((kind = ANY (ARRAY['cidr'::text, 'domain'::text, 'asn'::text]))),
  constraint network_claims_proof_check CHECK ((proof = ANY (ARRAY['registry_mail'::text, 'registry_object'::text, 'parent_consent'::text, 'dns_txt'::text, 'file'::text])))
);
CREATE INDEX network_claims_by_holder ON network_claims USING btree (holder_id) WHERE ((holder_id IS NOT NULL) AND (ended_at IS NULL));
CREATE INDEX network_claims_by_network ON network_claims USING btree (network_id) WHERE (network_id IS NOT NULL);
CREATE INDEX network_claims_by_org ON network_claims USING btree (org_id, created_at);
CREATE INDEX network_claims_due ON network_claims USING btree (next_check_at) WHERE (ended_at IS NULL);

create table networks (
  id text not null,
  org_id text not null,
  kind text not null,
  family smallint,
  network bytea,
  prefix_length smallint,
  domain text,
  proof text not null,
  proven_at timestamp(3) with time zone,
  effective_at timestamp(3) with time zone,
  consent_by text,
  consented_at timestamp(3) with time zone,
  ended_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  asn bigint,
  ended_code text,
  ended_by text,
  ended_reason text,
  constraint networks_pkey PRIMARY KEY (id),
  constraint networks_consent_by_fkey FOREIGN KEY (consent_by) REFERENCES organisations(id),
  constraint networks_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES people(id),
  constraint networks_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint networks_asn_check CHECK (((kind = 'asn'::text) = (asn IS NOT NULL))),
  constraint networks_check CHECK (((kind = 'cidr'::text) = ((network IS NOT NULL) AND (family IS NOT NULL) AND (prefix_length IS NOT NULL)))),
  constraint networks_check1 CHECK (((kind = 'domain'::text) = (domain IS NOT NULL))),
  constraint networks_family_check CHECK ((family = ANY (ARRAY[4, 6]))),
  constraint networks_kind_check CHECK ((kind = ANY (ARRAY['cidr'::text, 'domain'::text, 'asn'::text]))),
  constraint networks_proof_check CHECK ((proof = ANY (ARRAY['registry_mail'::text, 'registry_object'::text, 'parent_consent'::text, 'dns_txt'::text, 'file'::text, 'platform_desk'::text])))
);
CREATE INDEX networks_by_asn ON networks USING btree (asn) WHERE (kind = 'asn'::text);
CREATE INDEX networks_by_domain ON networks USING btree (domain) WHERE (kind = 'domain'::text);
CREATE INDEX networks_by_org ON networks USING btree (org_id);
CREATE INDEX networks_by_prefix ON networks USING btree (family, network, prefix_length) WHERE (kind = 'cidr'::text);

create table notices (
  id text not null,
  org_id text not null,
  regime text not null,
  category text not null,
  legal_class text,
  reference text,
  origin text not null,
  assessed_at timestamp(3) with time zone,
  submitted_at timestamp(3) with time zone not null,
  binding boolean default false not null,
  deadline_within text not null,
  on_obstacle text not null,
  preservation jsonb not null,
  disclosure jsonb not null,
  data_key bytea,
  sealed bytea,
  seq integer default 1 not null,
  withdrawn_at timestamp(3) with time zone,
  withdraw_reason text,
  closed_at timestamp(3) with time zone,
  deemed_receipt text,
  constraint notices_pkey PRIMARY KEY (id),
  constraint notices_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint notices_on_obstacle_check CHECK ((on_obstacle = ANY (ARRAY['restart'::text, 'pause'::text, 'none'::text]))),
  constraint notices_origin_check CHECK ((origin = ANY (ARRAY['api'::text, 'xarf'::text, 'form'::text, 'seed'::text])))
);
CREATE INDEX notices_by_org ON notices USING btree (org_id, id);

create table observations (
  id text not null,
  item_id text not null,
  method text not null,
  result text not null,
  confidence text not null,
  at timestamp(3) with time zone not null,
  org_id text,
  recorded_at timestamp(3) with time zone not null,
  number bigint generated by default as identity not null,
  constraint observations_pkey PRIMARY KEY (id),
  constraint observations_item_id_fkey FOREIGN KEY (item_id) REFERENCES items(id),
  constraint observations_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint observations_confidence_check CHECK ((confidence = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text]))),
  constraint observations_method_check CHECK ((method = ANY (ARRAY['provider_attestation'::text, 'dns'::text, 'tcp_tls'::text, 'http_head'::text, 'analyst'::text]))),
  constraint observations_result_check CHECK ((result = ANY (ARRAY['online'::text, 'gone_http'::text, 'gone_dns'::text, 'gone_host'::text, 'access_denied'::text, 'moved'::text, 'inconclusive'::text])))
);
CREATE INDEX observations_by_item ON observations USING btree (item_id, at);

create table observed_items (
  item_id text not null,
  state text not null,
  grade text,
  confirmed_at timestamp(3) with time zone,
  first_offline_at timestamp(3) with time zone,
  last_online_at timestamp(3) with time zone,
  contradicted_at timestamp(3) with time zone,
  next_look_at timestamp(3) with time zone,
  looks integer default 0 not null,
  leased_until timestamp(3) with time zone,
  constraint observed_items_pkey PRIMARY KEY (item_id),
  constraint observed_items_item_id_fkey FOREIGN KEY (item_id) REFERENCES items(id),
  constraint observed_items_grade_check CHECK ((grade = ANY (ARRAY['machine'::text, 'analyst'::text]))),
  constraint observed_items_state_check CHECK ((state = ANY (ARRAY['unverified'::text, 'confirmed_offline'::text, 'reappeared'::text])))
);
CREATE INDEX observed_items_due ON observed_items USING btree (next_look_at) WHERE (next_look_at IS NOT NULL);

create table organisations (
  id text not null,
  kind text not null,
  notifier_kind text,
  name text not null,
  country text default 'NL'::text not null,
  locale text default 'en'::text not null,
  phone text,
  trusted_flagger boolean default false not null,
  adheres_since timestamp(3) with time zone,
  admitted_at timestamp(3) with time zone,
  suspended_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  known_from text,
  registry_handle text,
  registry_mailbox text,
  legal_name text,
  registry text,
  registry_number text,
  joined_at timestamp(3) with time zone,
  admission_asked_at timestamp(3) with time zone,
  refused_at timestamp(3) with time zone,
  constraint organisations_pkey PRIMARY KEY (id),
  constraint organisations_known_once UNIQUE (registry_handle, registry_mailbox),
  constraint organisations_check CHECK (((kind = 'notifier'::text) = (notifier_kind IS NOT NULL))),
  constraint organisations_check1 CHECK (((known_from IS NOT NULL) = ((registry_handle IS NOT NULL) AND (registry_mailbox IS NOT NULL)))),
  constraint organisations_kind_check CHECK ((kind = ANY (ARRAY['provider'::text, 'notifier'::text, 'platform'::text]))),
  constraint organisations_known_from_check CHECK ((known_from = 'registry'::text)),
  constraint organisations_locale_check CHECK ((locale = ANY (ARRAY['en'::text, 'nl'::text]))),
  constraint organisations_notifier_kind_check CHECK ((notifier_kind = ANY (ARRAY['hotline'::text, 'authority'::text, 'other'::text])))
);

create table outages (
  id text not null,
  part text not null,
  began_at timestamp(3) with time zone not null,
  ended_at timestamp(3) with time zone not null,
  constraint outages_pkey PRIMARY KEY (id),
  constraint outages_check CHECK ((ended_at > began_at)),
  constraint outages_part_check CHECK ((part = ANY (ARRAY['portal'::text, 'worker'::text])))
);
CREATE INDEX outages_by_end ON outages USING btree (ended_at);

create table outcomes (
  id text not null,
  report_id text not null,
  item_id text not null,
  org_id text not null,
  notice_id text not null,
  seq integer not null,
  code text not null,
  at timestamp(3) with time zone not null,
  by text not null,
  reason text,
  since timestamp(3) with time zone,
  territory text[],
  downstream text,
  of_item text,
  also text[],
  scope_applied text,
  police_informed text,
  sealed bytea,
  recorded_at timestamp(3) with time zone not null,
  number bigint generated by default as identity not null,
  constraint outcomes_pkey PRIMARY KEY (id),
  constraint outcomes_item_id_fkey FOREIGN KEY (item_id) REFERENCES items(id),
  constraint outcomes_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notices(id),
  constraint outcomes_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint outcomes_report_id_fkey FOREIGN KEY (report_id) REFERENCES reports(id),
  constraint outcomes_by_check CHECK ((by = ANY (ARRAY['auto'::text, 'human'::text])))
);
CREATE INDEX outcomes_by_item ON outcomes USING btree (item_id, org_id, recorded_at);

create table passkey_challenges (
  session_id text not null,
  purpose text not null,
  challenge text not null,
  expires_at timestamp(3) with time zone not null,
  constraint passkey_challenges_pkey PRIMARY KEY (session_id),
  constraint passkey_challenges_purpose_check CHECK ((purpose = ANY (ARRAY['register'::text, 'enter'::text])))
);

create table passkeys (
  id text not null,
  person_id text not null,
  credential_id bytea not null,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  name text not null,
  created_at timestamp(3) with time zone not null,
  last_used_at timestamp(3) with time zone,
  constraint passkeys_pkey PRIMARY KEY (id),
  constraint passkeys_credential_id_key UNIQUE (credential_id),
  constraint passkeys_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id)
);
CREATE INDEX passkeys_by_person ON passkeys USING btree (person_id);

create table people (
  id text not null,
  email text not null,
  name text not null,
  locale text default 'en'::text not null,
  created_at timestamp(3) with time zone not null,
  constraint people_pkey PRIMARY KEY (id),
  constraint people_email_key UNIQUE (email),
  constraint people_locale_check CHECK ((locale = ANY (ARRAY['en'::text, 'nl'::text])))
);

create table pointers (
  delivery_id text not null,
  contact_id text not null,
  org_id text not null,
  notice_id text not null,
  queued_at timestamp(3) with time zone not null,
  mail_id text,
  mailed_at timestamp(3) with time zone,
  silent_at timestamp(3) with time zone,
  mailbox smallint default 1 not null,
  leased_until timestamp(3) with time zone,
  constraint pointers_pkey PRIMARY KEY (delivery_id, contact_id, mailbox),
  constraint pointers_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id),
  constraint pointers_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES deliveries(id),
  constraint pointers_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notices(id),
  constraint pointers_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id)
);
CREATE INDEX pointers_by_contact ON pointers USING btree (contact_id, mailed_at);
CREATE INDEX pointers_waiting ON pointers USING btree (contact_id) WHERE (mailed_at IS NULL);

create table provider_keys (
  thumbprint text not null,
  org_id text not null,
  endpoint_id text not null,
  use text not null,
  jwk jsonb not null,
  registered_at timestamp(3) with time zone not null,
  retired_at timestamp(3) with time zone,
  revoked_at timestamp(3) with time zone,
  constraint provider_keys_pkey PRIMARY KEY (thumbprint),
  constraint provider_keys_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id),
  constraint provider_keys_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint provider_keys_use_check CHECK ((use = ANY (ARRAY['sig'::text, 'enc'::text])))
);
CREATE INDEX provider_keys_by_endpoint ON provider_keys USING btree (endpoint_id, use);

create table reactions (
  fact_id text not null,
  reaction text not null,
  done_at timestamp(3) with time zone,
  constraint reactions_pkey PRIMARY KEY (fact_id, reaction)
);
CREATE INDEX reactions_owed ON reactions USING btree (fact_id, reaction) WHERE (done_at IS NULL);

create table receipts (
  id text not null,
  delivery_id text not null,
  org_id text not null,
  notice_id text not null,
  received_at timestamp(3) with time zone not null,
  recorded_at timestamp(3) with time zone not null,
  grade text not null,
  report_jti text,
  constraint receipts_pkey PRIMARY KEY (id),
  constraint receipts_delivery_id_grade_key UNIQUE (delivery_id, grade),
  constraint receipts_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES deliveries(id),
  constraint receipts_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notices(id),
  constraint receipts_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint receipts_grade_check CHECK ((grade = ANY (ARRAY['signed'::text, 'authenticated'::text, 'form_confirmed'::text, 'by_phone'::text])))
);

create table received_mails (
  id text not null,
  mail_id text not null,
  org_id text,
  digest bytea not null,
  class text not null,
  code text,
  data_key bytea,
  sealed bytea,
  received_at timestamp(3) with time zone not null,
  seen_at timestamp(3) with time zone,
  constraint received_mails_pkey PRIMARY KEY (id),
  constraint received_mails_digest_key UNIQUE (digest),
  constraint received_mails_mail_id_fkey FOREIGN KEY (mail_id) REFERENCES mails(id),
  constraint received_mails_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint received_mails_class_check CHECK ((class = ANY (ARRAY['permanent'::text, 'temporary'::text, 'auto_reply'::text, 'feedback'::text, 'person'::text])))
);
CREATE INDEX received_mails_by_mail ON received_mails USING btree (mail_id, received_at);
CREATE INDEX received_mails_unseen ON received_mails USING btree (received_at) WHERE (seen_at IS NULL);

create table recovery_codes (
  person_id text not null,
  code_hash bytea not null,
  used_at timestamp(3) with time zone,
  constraint recovery_codes_pkey PRIMARY KEY (person_id, code_hash),
  constraint recovery_codes_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id)
);

create table rehearsal_statements (
  id text not null,
  rehearsal_id text not null,
  org_id text not null,
  jti text,
  ref text,
  event text not null,
  grade text not null,
  code text,
  stated_at timestamp(3) with time zone,
  recorded_at timestamp(3) with time zone not null,
  constraint rehearsal_statements_pkey PRIMARY KEY (id),
  constraint rehearsal_statements_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint rehearsal_statements_rehearsal_id_fkey FOREIGN KEY (rehearsal_id) REFERENCES rehearsals(id),
  constraint rehearsal_statements_grade_check CHECK ((grade = ANY (ARRAY['signed'::text, 'authenticated'::text, 'refused'::text])))
);
CREATE INDEX rehearsal_statements_by_rehearsal ON rehearsal_statements USING btree (rehearsal_id, recorded_at);

create table rehearsal_steps (
  rehearsal_id text not null,
  name text not null,
  result text not null,
  code text,
  amount integer,
  at timestamp(3) with time zone not null,
  ms integer,
  constraint rehearsal_steps_pkey PRIMARY KEY (rehearsal_id, name),
  constraint rehearsal_steps_rehearsal_id_fkey FOREIGN KEY (rehearsal_id) REFERENCES rehearsals(id),
  constraint rehearsal_steps_result_check CHECK ((result = ANY (ARRAY['passed'::text, 'advice'::text, 'failed'::text, 'skipped'::text])))
);

create table rehearsal_tokens (
  jti text not null,
  rehearsal_id text not null,
  kind text not null,
  set_sha256 text not null,
  raw text not null,
  constraint rehearsal_tokens_pkey PRIMARY KEY (jti),
  constraint rehearsal_tokens_rehearsal_id_fkey FOREIGN KEY (rehearsal_id) REFERENCES rehearsals(id),
  constraint rehearsal_tokens_kind_check CHECK ((kind = ANY (ARRAY['plain'::text, 'forged'::text, 'stranger'::text, 'notice'::text, 'withdrawal'::text])))
);
CREATE INDEX rehearsal_tokens_by_rehearsal ON rehearsal_tokens USING btree (rehearsal_id);

create table rehearsals (
  id text not null,
  org_id text not null,
  endpoint_id text not null,
  notice_id text not null,
  item_id text not null,
  state text not null,
  started_at timestamp(3) with time zone not null,
  received_at timestamp(3) with time zone,
  withdrawn_at timestamp(3) with time zone,
  ended_at timestamp(3) with time zone,
  leased_until timestamp(3) with time zone,
  constraint rehearsals_pkey PRIMARY KEY (id),
  constraint rehearsals_notice_id_key UNIQUE (notice_id),
  constraint rehearsals_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id),
  constraint rehearsals_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint rehearsals_state_check CHECK ((state = ANY (ARRAY['running'::text, 'passed'::text, 'failed'::text])))
);
CREATE INDEX rehearsals_by_endpoint ON rehearsals USING btree (endpoint_id, id);
CREATE INDEX rehearsals_by_org ON rehearsals USING btree (org_id, started_at);
CREATE INDEX rehearsals_running ON rehearsals USING btree (started_at) WHERE (state = 'running'::text);

create table reports (
  id text not null,
  org_id text not null,
  notice_id text,
  seq integer not null,
  event text not null,
  grade text not null,
  jti text,
  kid text,
  set_sha256 text,
  person_id text,
  data_key bytea,
  sealed bytea,
  recorded_at timestamp(3) with time zone not null,
  constraint reports_pkey PRIMARY KEY (id),
  constraint reports_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notices(id),
  constraint reports_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint reports_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id),
  constraint reports_grade_check CHECK ((grade = ANY (ARRAY['signed'::text, 'authenticated'::text, 'form_confirmed'::text, 'by_phone'::text])))
);
CREATE INDEX reports_by_notice ON reports USING btree (notice_id, recorded_at);
CREATE UNIQUE INDEX reports_once ON reports USING btree (org_id, jti) WHERE (jti IS NOT NULL);

create table roots (
  at timestamp(3) with time zone not null,
  root bytea not null,
  leaves integer not null,
  signed text,
  length bigint default 0 not null,
  constraint roots_pkey PRIMARY KEY (at)
);
CREATE INDEX roots_by_length ON roots USING btree (length, at);

create table service_consents (
  id text not null,
  org_id text not null,
  regime text not null,
  given_by text not null,
  given_at timestamp(3) with time zone not null,
  withdrawn_by text,
  withdrawn_at timestamp(3) with time zone,
  constraint service_consents_pkey PRIMARY KEY (id),
  constraint service_consents_given_by_fkey FOREIGN KEY (given_by) REFERENCES people(id),
  constraint service_consents_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint service_consents_withdrawn_by_fkey FOREIGN KEY (withdrawn_by) REFERENCES people(id)
);
CREATE UNIQUE INDEX service_consents_given ON service_consents USING btree (org_id, regime) WHERE (withdrawn_at IS NULL);

create table sessions (
  token_hash bytea not null,
  id text not null,
  person_id text not null,
  org_id text not null,
  assurance smallint default 1 not null,
  created_at timestamp(3) with time zone not null,
  last_seen_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone not null,
  ended_at timestamp(3) with time zone,
  confirmed_at timestamp(3) with time zone,
  browser text default 'other'::text not null,
  constraint sessions_pkey PRIMARY KEY (token_hash),
  constraint sessions_id_key UNIQUE (id),
  constraint sessions_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint sessions_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id)
);
CREATE INDEX sessions_by_person ON sessions USING btree (person_id, ended_at);

create table sign_ins (
  id text not null,
  person_id text not null,
  requested_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone not null,
  consumed_at timestamp(3) with time zone,
  assurance smallint default 1 not null,
  back text,
  constraint sign_ins_pkey PRIMARY KEY (id),
  constraint sign_ins_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id),
  constraint sign_ins_assurance_check CHECK ((assurance = ANY (ARRAY[1, 2])))
);
CREATE INDEX sign_ins_by_person ON sign_ins USING btree (person_id, requested_at);

create table signing_keys (
  kid text not null,
  public_jwk jsonb not null,
  data_key bytea not null,
  sealed_private bytea not null,
  published_at timestamp(3) with time zone not null,
  active_from timestamp(3) with time zone not null,
  retired_at timestamp(3) with time zone,
  revoked_at timestamp(3) with time zone,
  constraint signing_keys_pkey PRIMARY KEY (kid)
);

create table stream_updates (
  fact_id text not null,
  endpoint_id text not null,
  org_id text not null,
  jti text not null,
  set_sha256 text not null,
  status text not null,
  raw text not null,
  made_at timestamp(3) with time zone not null,
  told_at timestamp(3) with time zone,
  code text,
  attempts integer default 0 not null,
  next_attempt_at timestamp(3) with time zone,
  constraint stream_updates_pkey PRIMARY KEY (fact_id, endpoint_id),
  constraint stream_updates_jti_key UNIQUE (jti),
  constraint stream_updates_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id),
  constraint stream_updates_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint stream_updates_status_check CHECK ((status = ANY (ARRAY['enabled'::text, 'paused'::text, 'disabled'::text])))
);
CREATE INDEX stream_updates_owed ON stream_updates USING btree (next_attempt_at) WHERE (told_at IS NULL);
CREATE INDEX stream_updates_owed_to ON stream_updates USING btree (org_id, made_at) WHERE (told_at IS NULL);

create table terms_accepted (
  org_id text not null,
  version text not null,
  person_id text not null,
  accepted_at timestamp(3) with time zone not null,
  constraint terms_accepted_pkey PRIMARY KEY (org_id, version),
  constraint terms_accepted_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id),
  constraint terms_accepted_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id)
);

create table tokens (
  jti text not null,
  org_id text not null,
  notice_id text not null,
  seq integer not null,
  event text not null,
  kid text not null,
  set_sha256 text not null,
  data_key bytea,
  sealed bytea,
  issued_at timestamp(3) with time zone not null,
  item_ids text[],
  constraint tokens_pkey PRIMARY KEY (jti),
  constraint tokens_notice_id_org_id_seq_event_key UNIQUE (notice_id, org_id, seq, event),
  constraint tokens_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notices(id),
  constraint tokens_org_id_fkey FOREIGN KEY (org_id) REFERENCES organisations(id)
);
CREATE INDEX tokens_by_key ON tokens USING btree (kid, issued_at);

create table totp_factors (
  person_id text not null,
  wrapped_key bytea not null,
  sealed_secret bytea not null,
  created_at timestamp(3) with time zone not null,
  confirmed_at timestamp(3) with time zone,
  last_step bigint,
  constraint totp_factors_pkey PRIMARY KEY (person_id),
  constraint totp_factors_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id)
);

CREATE OR REPLACE FUNCTION facts_are_never_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'facts are never changed; a correction is another fact';
end $function$;
