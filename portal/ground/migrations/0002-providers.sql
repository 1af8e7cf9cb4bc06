create table contacts (
  id text primary key,
  org_id text not null references organisations (id),
  kind text not null check (kind in ('abuse', 'dsa11', 'tco15', 'legal_representative')),
  email text not null,
  phone text,
  languages text[] not null,
  -- The order in which contacts are tried.
  position smallint not null,
  verified_at timestamptz(3),
  created_at timestamptz(3) not null
);
create index contacts_by_org on contacts (org_id, position);

-- A CIDR makes its holder `hosting`; a domain makes one at most `site_operator`.
create table networks (
  id text primary key,
  org_id text not null references organisations (id),
  kind text not null check (kind in ('cidr', 'domain')),
  -- Family, network and length are the key of prefix match: the candidates of an address are looked up by equality.
  family smallint check (family in (4, 6)),
  network bytea,
  prefix_length smallint,
  domain text,
  proof text not null check (proof in ('registry_mail', 'registry_object', 'parent_consent', 'dns_txt', 'file', 'platform_desk')),
  proven_at timestamptz(3),
  -- A claim younger than the set time waits for the platform's desk.
  effective_at timestamptz(3),
  -- A prefix inside somebody's network counts only from the holder's consent on.
  consent_by text references organisations (id),
  consented_at timestamptz(3),
  ended_at timestamptz(3),
  created_at timestamptz(3) not null,
  check ((kind = 'cidr') = (network is not null and family is not null and prefix_length is not null)),
  check ((kind = 'domain') = (domain is not null))
);
create index networks_by_prefix on networks (family, network, prefix_length) where kind = 'cidr';
create index networks_by_domain on networks (domain) where kind = 'domain';
create index networks_by_org on networks (org_id);

create table endpoints (
  id text primary key,
  org_id text not null references organisations (id),
  -- Null: poll only.
  url text,
  description text,
  jwks_uri text,
  media_type text not null default 'application/secevent+jwt' check (media_type in ('application/secevent+jwt', 'application/json')),
  state text not null check (state in ('unverified', 'active', 'paused', 'retired')),
  verified_at timestamptz(3),
  -- `answered`: it said 202; `signed`: it also proved possession of its signing key.
  verified_grade text check (verified_grade in ('answered', 'signed')),
  verification_jti text,
  -- Failures in a row, for the one-in-flight rule and the operator's page.
  failures integer not null default 0,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);
create index endpoints_by_org on endpoints (org_id, state);

-- One thumbprint belongs to one organisation for ever; rows are never deleted.
create table provider_keys (
  thumbprint text primary key,
  org_id text not null references organisations (id),
  endpoint_id text not null references endpoints (id),
  use text not null check (use in ('sig', 'enc')),
  jwk jsonb not null,
  registered_at timestamptz(3) not null,
  retired_at timestamptz(3),
  revoked_at timestamptz(3)
);
create index provider_keys_by_endpoint on provider_keys (endpoint_id, use);
