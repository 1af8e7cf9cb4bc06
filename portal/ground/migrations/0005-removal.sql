create table reports (
  id text primary key,
  org_id text not null references organisations (id),
  -- Null for a receipt of the verification event, which belongs to no notice.
  notice_id text references notices (id),
  seq integer not null,
  event text not null,
  grade text not null check (grade in ('signed', 'authenticated', 'form_confirmed', 'by_phone')),
  jti text,
  kid text,
  set_sha256 text,
  -- Who pressed the button, for form_confirmed.
  person_id text references people (id),
  data_key bytea,
  sealed bytea,
  recorded_at timestamptz(3) not null
);
create unique index reports_once on reports (org_id, jti) where jti is not null;
create index reports_by_notice on reports (notice_id, recorded_at);

create table outcomes (
  id text primary key,
  report_id text not null references reports (id),
  item_id text not null references items (id),
  org_id text not null references organisations (id),
  notice_id text not null references notices (id),
  seq integer not null,
  code text not null,
  at timestamptz(3) not null,
  by text not null check (by in ('auto', 'human')),
  reason text,
  since timestamptz(3),
  territory text[],
  downstream text,
  of_item text,
  also text[],
  scope_applied text,
  police_informed text,
  -- preserved {sha256, until}, collateral and note: under the item's key.
  sealed bytea,
  recorded_at timestamptz(3) not null
);
create index outcomes_by_item on outcomes (item_id, org_id, recorded_at);

create table observations (
  id text primary key,
  item_id text not null references items (id),
  method text not null check (method in ('provider_attestation', 'dns', 'tcp_tls', 'http_head', 'analyst')),
  result text not null check (result in ('online', 'gone_http', 'gone_dns', 'gone_host', 'access_denied', 'moved', 'inconclusive')),
  confidence text not null check (confidence in ('low', 'medium', 'high')),
  at timestamptz(3) not null,
  -- The notifier that looked; null when we did.
  org_id text references organisations (id),
  recorded_at timestamptz(3) not null
);
create index observations_by_item on observations (item_id, at);

-- The third axis of one item, and when to look again.
create table observed_items (
  item_id text primary key references items (id),
  state text not null check (state in ('unverified', 'confirmed_offline', 'reappeared')),
  grade text check (grade in ('machine', 'analyst')),
  confirmed_at timestamptz(3),
  first_offline_at timestamptz(3),
  last_online_at timestamptz(3),
  contradicted_at timestamptz(3),
  next_look_at timestamptz(3),
  looks integer not null default 0,
  leased_until timestamptz(3)
);
create index observed_items_due on observed_items (next_look_at) where next_look_at is not null;
