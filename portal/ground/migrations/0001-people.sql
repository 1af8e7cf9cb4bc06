create table organisations (
  id text primary key,
  kind text not null check (kind in ('provider', 'notifier', 'platform')),
  notifier_kind text check (notifier_kind in ('hotline', 'authority', 'other')),
  name text not null,
  country text not null default 'NL',
  locale text not null default 'en' check (locale in ('en', 'nl')),
  phone text,
  trusted_flagger boolean not null default false,
  -- Since when a provider adheres to the voluntary code; null where the norm is only a reference time.
  adheres_since timestamptz(3),
  admitted_at timestamptz(3),
  suspended_at timestamptz(3),
  created_at timestamptz(3) not null,
  check ((kind = 'notifier') = (notifier_kind is not null))
);

create table people (
  id text primary key,
  email text not null unique,
  name text not null,
  locale text not null default 'en' check (locale in ('en', 'nl')),
  created_at timestamptz(3) not null
);

create table memberships (
  org_id text not null references organisations (id),
  person_id text not null references people (id),
  role text not null check (role in ('owner', 'admin', 'handler', 'developer', 'read_only')),
  created_at timestamptz(3) not null,
  primary key (org_id, person_id)
);
create index memberships_by_person on memberships (person_id);

-- The mailed secret is derived from the id, so nothing here opens a door.
create table sign_ins (
  id text primary key,
  person_id text not null references people (id),
  requested_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  consumed_at timestamptz(3)
);
create index sign_ins_by_person on sign_ins (person_id, requested_at);

create table sessions (
  token_hash bytea primary key,
  id text not null unique,
  person_id text not null references people (id),
  org_id text not null references organisations (id),
  assurance smallint not null default 1,
  created_at timestamptz(3) not null,
  last_seen_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  ended_at timestamptz(3)
);

create table api_tokens (
  id text primary key,
  org_id text not null references organisations (id),
  name text not null,
  token_hash bytea not null unique,
  -- The prefix and the last four characters, to tell tokens apart.
  hint text not null,
  live boolean not null,
  scopes text[] not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  last_used_at timestamptz(3)
);
create index api_tokens_by_org on api_tokens (org_id);

create table idempotency (
  org_id text not null,
  route text not null,
  key_hash bytea not null,
  body_mac bytea not null,
  started_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  -- Null while the first call still runs. Answers hold ids, never an address.
  status smallint,
  answer text,
  primary key (org_id, route, key_hash)
);
create index idempotency_by_expiry on idempotency (expires_at);
