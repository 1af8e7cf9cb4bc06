-- Why a stream was paused or switched off, in the words of whoever did it.
alter table endpoints add column state_reason text;

-- What a receiver was told about its own stream: signed once for each fact that changed it. It names no item.
create table stream_updates (
  fact_id text not null,
  endpoint_id text not null references endpoints (id),
  org_id text not null references organisations (id),
  jti text not null unique,
  set_sha256 text not null,
  status text not null check (status in ('enabled', 'paused', 'disabled')),
  raw text not null,
  made_at timestamptz(3) not null,
  -- When it was sent, and what came of it: `code` is null where the receiver said 202.
  told_at timestamptz(3),
  code text,
  primary key (fact_id, endpoint_id)
);

-- Our own outages: each part of the platform says now and then that it is there, and whoever comes back after a silence
-- writes down how long it was.
create table heartbeats (
  part text primary key check (part in ('portal', 'worker')),
  at timestamptz(3) not null
);
create table outages (
  id text primary key,
  part text not null check (part in ('portal', 'worker')),
  began_at timestamptz(3) not null,
  ended_at timestamptz(3) not null,
  check (ended_at > began_at)
);
create index outages_by_end on outages (ended_at);
