-- What an organisation says of itself, and how far it is in.
alter table organisations
  add column legal_name text,
  -- Where it is registered, such as KvK, and under which number.
  add column registry text,
  add column registry_number text,
  -- Since when somebody of its own acts for it; null for a company that is only known from a registry.
  add column joined_at timestamptz(3),
  add column admission_asked_at timestamptz(3),
  add column refused_at timestamptz(3);

-- Mailed links by which somebody comes in: a company that joins, one that claims its record, one that the desk invites.
-- The mailed secret is derived from the id, so nothing here opens a door.
create table joinings (
  id text primary key,
  kind text not null check (kind in ('join', 'claim', 'invitation')),
  email text not null,
  person_name text not null,
  locale text not null check (locale in ('en', 'nl')),
  -- The record that is claimed, or who is invited; null: a company nobody knew.
  org_id text references organisations (id),
  contact_id text,
  company_name text,
  country text,
  -- The person of the desk that invited.
  asked_by text references people (id),
  asked_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  consumed_at timestamptz(3),
  check (kind = 'join' or org_id is not null),
  check ((kind = 'join') = (company_name is not null))
);
create index joinings_by_email on joinings (email, asked_at);
create index joinings_by_time on joinings (asked_at);

-- What the desk decided about an organisation, and why. Null: nobody's hand, the set time had passed.
create table decisions (
  id text primary key,
  org_id text not null references organisations (id),
  decision text not null check (decision in
    ('invited', 'admitted', 'refused', 'suspended', 'reinstated', 'claim_upheld', 'claim_dismissed')),
  reason text not null,
  person_id text references people (id),
  decided_at timestamptz(3) not null
);
create index decisions_by_org on decisions (org_id, decided_at);

-- Somebody else answered from a mailbox of a company that has its own people: they and the desk hear of it.
create table contested_claims (
  id text primary key,
  org_id text not null references organisations (id),
  email text not null,
  person_name text not null,
  locale text not null,
  claimed_at timestamptz(3) not null,
  settled_at timestamptz(3),
  decision_id text references decisions (id)
);
create unique index contested_claims_open on contested_claims (org_id, email) where settled_at is null;

create table terms_accepted (
  org_id text not null references organisations (id),
  version text not null,
  person_id text not null references people (id),
  accepted_at timestamptz(3) not null,
  primary key (org_id, version)
);

-- Electronic service, regime by regime. A row is one consent, from its giving to its withdrawal.
create table service_consents (
  id text primary key,
  org_id text not null references organisations (id),
  regime text not null,
  given_by text not null references people (id),
  given_at timestamptz(3) not null,
  withdrawn_by text references people (id),
  withdrawn_at timestamptz(3)
);
create unique index service_consents_given on service_consents (org_id, regime) where withdrawn_at is null;
