-- Who is written to, when, and whether somebody answers there.
alter table contacts
  add column name text,
  add column purposes text[] not null default '{notices,escalation}',
  -- An IANA zone: what the hours are said in, so that summer time is theirs and not ours.
  add column time_zone text not null default 'Europe/Amsterdam',
  -- "24x7", or a list of {day, from, until}; null where it was never said.
  add column hours jsonb,
  add column away_from timestamptz(3),
  add column away_until timestamptz(3),
  -- Until when the last proof that somebody answers there holds.
  add column lapses_at timestamptz(3),
  -- How many reminders of the challenge in hand have gone out.
  add column reminded smallint not null default 0,
  add column lapsed_at timestamptz(3),
  add column unreachable_at timestamptz(3),
  add column unreachable_code text,
  -- Pointers in a row that nobody followed.
  add column silent smallint not null default 0,
  -- Where it was before its mailbox was changed, until the new one has answered: who stood there hears of it.
  add column former_email text,
  -- Rows stay, since mails and pointers name them. What is removed is not verified any more either.
  add column removed_at timestamptz(3),
  add column updated_at timestamptz(3);
update contacts set
  updated_at = created_at,
  lapses_at = verified_at + interval '6 months',
  purposes = case kind
    when 'dsa11' then '{notices,orders}'::text[]
    when 'tco15' then '{orders}'::text[]
    when 'legal_representative' then '{legal}'::text[]
    else purposes end;
create index contacts_by_lapse on contacts (lapses_at) where lapses_at is not null and lapsed_at is null;

-- A code and a link that were mailed to a contact. Both are made again from the id; only a keyed digest is kept.
create table contact_confirmations (
  id text primary key,
  contact_id text not null references contacts (id),
  org_id text not null references organisations (id),
  why text not null check (why in ('verify', 'challenge')),
  code_mac bytea not null,
  -- Keyed digest of the mailbox: how often it was written to is counted across organisations.
  mailbox_mac bytea not null,
  tries smallint not null default 0,
  requested_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  consumed_at timestamptz(3),
  -- A newer one took its place.
  voided_at timestamptz(3)
);
create index contact_confirmations_by_contact on contact_confirmations (contact_id, requested_at);
create index contact_confirmations_by_mailbox on contact_confirmations (mailbox_mac, requested_at);
create index contact_confirmations_by_org on contact_confirmations (org_id, requested_at);

-- Mails to a contact that came back: each once.
create table contact_returns (
  mail_id text primary key,
  contact_id text not null references contacts (id),
  org_id text not null references organisations (id),
  permanent boolean not null,
  code text not null,
  at timestamptz(3) not null
);
create index contact_returns_by_contact on contact_returns (contact_id, at);

-- One pointer a contact and delivery. Those that wait for the same contact leave in one mail, which names them all.
create table pointers (
  delivery_id text not null references deliveries (id),
  contact_id text not null references contacts (id),
  org_id text not null references organisations (id),
  notice_id text not null references notices (id),
  queued_at timestamptz(3) not null,
  -- Given before the mail leaves, so that a repetition is the same mail.
  mail_id text,
  mailed_at timestamptz(3),
  -- Nobody had followed it when its next step was due.
  silent_at timestamptz(3),
  primary key (delivery_id, contact_id)
);
create index pointers_waiting on pointers (contact_id) where mailed_at is null;
create index pointers_by_contact on pointers (contact_id, mailed_at);
insert into pointers (delivery_id, contact_id, org_id, notice_id, queued_at, mail_id, mailed_at)
  select payload::jsonb ->> 'deliveryId', payload::jsonb ->> 'contactId', payload::jsonb ->> 'orgId', chain, at,
         'pointer-' || (payload::jsonb ->> 'deliveryId'), at
  from facts where kind = 'delivery.pointed'
  on conflict do nothing;

-- How far up it has gone: 1 the first contact, 2 the next contact and the notifier, 3 the platform's desk.
alter table deliveries
  add column escalated smallint not null default 0,
  add column unacknowledged_at timestamptz(3);
create index deliveries_unreceipted on deliveries (received_at)
  where state = 'received' and received_how = 'push' and unacknowledged_at is null;

-- What a named person on the desk is asked to do.
create table desk_tasks (
  id text primary key,
  kind text not null check (kind in ('undelivered', 'unacknowledged')),
  org_id text not null references organisations (id),
  notice_id text not null references notices (id),
  delivery_id text not null references deliveries (id),
  person_id text references people (id),
  opened_at timestamptz(3) not null,
  mailed_at timestamptz(3),
  closed_at timestamptz(3),
  closed_by text references people (id),
  note text,
  unique (kind, delivery_id)
);
create index desk_tasks_open on desk_tasks (opened_at) where closed_at is null;
create index desk_tasks_by_org on desk_tasks (org_id, kind) where closed_at is null;
