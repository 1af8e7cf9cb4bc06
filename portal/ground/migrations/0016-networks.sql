-- A whole autonomous system is a network too: which ranges it comes to is asked of the routing table, so it follows it.
alter table networks drop constraint networks_kind_check;
alter table networks add constraint networks_kind_check check (kind in ('cidr', 'domain', 'asn'));
alter table networks add column asn bigint;
alter table networks add constraint networks_asn_check check ((kind = 'asn') = (asn is not null));
create index networks_by_asn on networks (asn) where kind = 'asn';

-- What a provider says is its own, from the first word to the end. What counts for notices stands in `networks` alone.
create table network_claims (
  id text primary key,
  org_id text not null references organisations (id),
  kind text not null check (kind in ('cidr', 'domain', 'asn')),
  family smallint check (family in (4, 6)),
  network bytea,
  prefix_length smallint,
  domain text,
  asn bigint,
  proof text not null check (proof in ('registry_mail', 'registry_object', 'parent_consent', 'dns_txt', 'file')),
  -- Of the token, which is derived from the id: so one that stands in the wrong place is known for whose it is.
  token_hash bytea not null unique,
  -- Wrong codes typed; a claim takes only a few.
  tries smallint not null default 0,
  -- What the registry and the routing table said when it was claimed: both are shown to whoever decides.
  registry jsonb,
  routing jsonb,
  contradictions text[] not null default '{}',
  -- Who holds the network it lies in, and has to agree.
  holder_id text references organisations (id),
  consented_at timestamptz(3),
  consent_refused_at timestamptz(3),
  proven_at timestamptz(3),
  decision text check (decision in ('accepted', 'refused')),
  decided_at timestamptz(3),
  decided_by text references people (id),
  decision_reason text,
  network_id text references networks (id),
  -- Looked at again weekly; since when nothing was found, and when the grace is over.
  next_check_at timestamptz(3),
  checked_at timestamptz(3),
  found_at timestamptz(3),
  missing_since timestamptz(3),
  reminders smallint not null default 0,
  expires_at timestamptz(3) not null,
  ended_at timestamptz(3),
  ended_code text,
  created_at timestamptz(3) not null,
  check ((kind = 'cidr') = (network is not null and family is not null and prefix_length is not null)),
  check ((kind = 'domain') = (domain is not null)),
  check ((kind = 'asn') = (asn is not null)),
  check ((decision is null) = (decided_at is null))
);
create index network_claims_by_org on network_claims (org_id, created_at);
create index network_claims_by_holder on network_claims (holder_id) where holder_id is not null and ended_at is null;
create index network_claims_due on network_claims (next_check_at) where ended_at is null;
create index network_claims_by_network on network_claims (network_id) where network_id is not null;

-- Every look at a proof, in words only: the history that stays.
create table network_checks (
  id text primary key,
  claim_id text not null references network_claims (id),
  at timestamptz(3) not null,
  result text not null check (result in ('found', 'missing', 'disagree', 'failed', 'one_resolver', 'of_another')),
  detail text not null
);
create index network_checks_by_claim on network_checks (claim_id, at);

-- A part of a network whose customers are somebody else's: shown in the chain, while the holder stays accountable.
create table delegations (
  id text primary key,
  org_id text not null references organisations (id),
  to_org_id text not null references organisations (id),
  network_id text not null references networks (id),
  family smallint check (family in (4, 6)),
  network bytea,
  prefix_length smallint,
  -- Names at and below this one, inside a domain of the holder.
  domain text,
  sees text not null check (sees in ('count', 'items', 'addresses')),
  ends_at timestamptz(3) not null,
  ended_at timestamptz(3),
  created_at timestamptz(3) not null,
  check (org_id <> to_org_id),
  check ((network is null) <> (domain is null)),
  check ((network is null) = (family is null) and (network is null) = (prefix_length is null))
);
create index delegations_by_org on delegations (org_id);
create index delegations_to on delegations (to_org_id);
create index delegations_by_network on delegations (network_id);
