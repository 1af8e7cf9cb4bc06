-- Signed once; these bytes are sent, polled and kept.
create table tokens (
  jti text primary key,
  org_id text not null references organisations (id),
  notice_id text not null references notices (id),
  seq integer not null,
  event text not null,
  kid text not null,
  set_sha256 text not null,
  data_key bytea,
  sealed bytea,
  issued_at timestamptz(3) not null,
  unique (notice_id, org_id, seq, event)
);

create table deliveries (
  id text primary key,
  org_id text not null references organisations (id),
  notice_id text not null references notices (id),
  jti text not null unique references tokens (jti),
  event text not null,
  seq integer not null,
  endpoint_id text references endpoints (id),
  state text not null check (state in ('queued', 'offered', 'received', 'acknowledged', 'failed')),
  offered_at timestamptz(3),
  received_at timestamptz(3),
  received_how text check (received_how in ('push', 'poll', 'signed_receipt', 'form_confirmed')),
  acknowledged_at timestamptz(3),
  -- When the worker may try next; null when there is nothing to try.
  next_attempt_at timestamptz(3),
  attempts integer not null default 0,
  last_code text,
  -- Oldest deadline first.
  deadline_at timestamptz(3) not null,
  leased_by text,
  leased_until timestamptz(3),
  created_at timestamptz(3) not null
);
create index deliveries_due on deliveries (next_attempt_at, deadline_at) where next_attempt_at is not null;
create index deliveries_by_org on deliveries (org_id, id);
create index deliveries_by_notice on deliveries (notice_id);

-- The row stands before the request; the result is written after, whatever happens.
create table attempts (
  id text primary key,
  delivery_id text not null references deliveries (id),
  org_id text not null references organisations (id),
  endpoint_id text not null references endpoints (id),
  number integer not null,
  started_at timestamptz(3) not null,
  finished_at timestamptz(3),
  result text check (result in ('received', 'refused', 'failed', 'abandoned')),
  status smallint,
  code text,
  ms integer,
  -- Resolved address, TLS peer, headers, at most 16 KiB of body: under the token's key.
  sealed bytea
);
create index attempts_by_delivery on attempts (delivery_id, number);

create table receipts (
  id text primary key,
  delivery_id text not null references deliveries (id),
  org_id text not null references organisations (id),
  notice_id text not null references notices (id),
  -- By the provider's clock.
  received_at timestamptz(3) not null,
  recorded_at timestamptz(3) not null,
  grade text not null check (grade in ('signed', 'authenticated', 'form_confirmed', 'by_phone')),
  report_jti text,
  unique (delivery_id, grade)
);
