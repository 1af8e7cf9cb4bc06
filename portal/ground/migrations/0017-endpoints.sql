-- A delivery that is sent once more: since when, and how many attempts there were before that, so that the timetable
-- starts from its beginning.
alter table deliveries
  add column resent_at timestamptz(3),
  add column resent_after integer;

-- Which endpoint serves which networks; an endpoint that is bound to none serves all the others.
create table endpoint_networks (
  endpoint_id text not null references endpoints (id),
  network_id text not null references networks (id),
  org_id text not null references organisations (id),
  created_at timestamptz(3) not null,
  primary key (endpoint_id, network_id)
);
create index endpoint_networks_by_network on endpoint_networks (network_id);
-- Whether there is a row above, so that the worker need not look.
alter table endpoints add column bound boolean not null default false;
-- The network that all items of a delivery stand in; null where they stand in several, or in none that is known.
alter table deliveries add column network_id text references networks (id);

-- Who issued a token, and which older one it takes the place of.
alter table api_tokens
  add column created_by text references people (id),
  add column replaces text references api_tokens (id);

-- A rehearsal has a notice, but no row among the notices, items, deliveries or reports: it can be in no inbox and no figure.
create table rehearsals (
  id text primary key,
  org_id text not null references organisations (id),
  endpoint_id text not null references endpoints (id),
  notice_id text not null unique,
  item_id text not null,
  state text not null check (state in ('running', 'passed', 'failed')),
  started_at timestamptz(3) not null,
  -- When the notice was answered with 202: receipt and report are waited for from here.
  received_at timestamptz(3),
  withdrawn_at timestamptz(3),
  ended_at timestamptz(3),
  -- Whoever sends the withdrawal holds this, so that it is sent by one.
  leased_until timestamptz(3)
);
create index rehearsals_by_endpoint on rehearsals (endpoint_id, id);
create index rehearsals_by_org on rehearsals (org_id, started_at);
create index rehearsals_running on rehearsals (started_at) where state = 'running';

-- Signed once, like every token. They name an invented address only, and so are not sealed.
create table rehearsal_tokens (
  jti text primary key,
  rehearsal_id text not null references rehearsals (id),
  kind text not null check (kind in ('plain', 'forged', 'stranger', 'notice', 'withdrawal')),
  set_sha256 text not null,
  raw text not null
);
create index rehearsal_tokens_by_rehearsal on rehearsal_tokens (rehearsal_id);

create table rehearsal_steps (
  rehearsal_id text not null references rehearsals (id),
  name text not null,
  result text not null check (result in ('passed', 'advice', 'failed', 'skipped')),
  code text,
  -- The number in its sentence: a status, seconds.
  amount integer,
  at timestamptz(3) not null,
  ms integer,
  primary key (rehearsal_id, name)
);

-- What came back about a rehearsal, taken or refused.
create table rehearsal_statements (
  id text primary key,
  rehearsal_id text not null references rehearsals (id),
  org_id text not null references organisations (id),
  -- The statement's own id, and the token it is about.
  jti text,
  ref text,
  event text not null,
  grade text not null check (grade in ('signed', 'authenticated', 'refused')),
  -- Why it was refused; null where it was taken.
  code text,
  -- By the provider's clock.
  stated_at timestamptz(3),
  recorded_at timestamptz(3) not null
);
create index rehearsal_statements_by_rehearsal on rehearsal_statements (rehearsal_id, recorded_at);
