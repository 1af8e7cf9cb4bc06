-- A company that never heard of us, as the registry of addresses names it. It is addressed by mail and not admitted to
-- anything. The registry's name for the company and its mailbox say together which one it is, so it is kept once.
alter table organisations
  add column known_from text check (known_from in ('registry')),
  add column registry_handle text,
  add column registry_mailbox text,
  add constraint organisations_known_once unique (registry_handle, registry_mailbox),
  add check ((known_from is not null) = (registry_handle is not null and registry_mailbox is not null));

alter table contacts
  -- `given` by the organisation or the desk, or read in the `registry`.
  add column source text not null default 'given' check (source in ('given', 'registry')),
  -- The last invitation to this mailbox, and the delivery whose pointer it travelled with.
  add column invited_at timestamptz(3),
  add column invited_with text;
create index contacts_by_mailbox on contacts (lower(email));

-- Items for which the routing table and the registries are asked who holds the network.
create table holder_searches (
  item_id text primary key references items (id),
  began_at timestamptz(3) not null,
  -- When to ask next; null once it is over.
  next_at timestamptz(3),
  tries integer not null default 0,
  last_code text
);
create index holder_searches_due on holder_searches (next_at) where next_at is not null;
