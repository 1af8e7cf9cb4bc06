create table notices (
  id text primary key,
  org_id text not null references organisations (id),
  regime text not null,
  category text not null,
  legal_class text,
  reference text,
  origin text not null check (origin in ('api', 'xarf', 'form', 'seed')),
  assessed_at timestamptz(3),
  submitted_at timestamptz(3) not null,
  binding boolean not null default false,
  -- ISO 8601, from the norm or from the notice where its regime allows that.
  deadline_within text not null,
  on_obstacle text not null check (on_obstacle in ('restart', 'pause', 'none')),
  preservation jsonb not null,
  disclosure jsonb not null,
  -- Grounds and the two free texts, sealed under the notice's own key.
  data_key bytea,
  sealed bytea,
  -- The revision last spoken inside this txn.
  seq integer not null default 1,
  withdrawn_at timestamptz(3),
  withdraw_reason text,
  closed_at timestamptz(3)
);
create index notices_by_org on notices (org_id, id);

create table items (
  id text primary key,
  notice_id text not null references notices (id),
  org_id text not null references organisations (id),
  position smallint not null,
  scope text not null check (scope in ('file', 'page', 'account', 'site')),
  seen_at timestamptz(3),
  -- url, ip, port, hashes: sealed under the item's own key; the key's destruction is erasure.
  data_key bytea,
  sealed bytea,
  locator_mac bytea not null,
  duplicate_of text references items (id),
  parent_item_id text references items (id),
  -- `waiting` for a look-up, `attributed`, or `unattributed`: waits for a person.
  attribution text not null check (attribution in ('waiting', 'attributed', 'unattributed')),
  withdrawn_at timestamptz(3),
  closed_at timestamptz(3),
  unique (notice_id, position)
);
create index items_by_notice on items (notice_id);
create index items_by_locator on items (locator_mac);
create index items_unattributed on items (org_id, id) where attribution <> 'attributed';

-- Dated snapshots; the newest holds.
create table attributions (
  id text primary key,
  item_id text not null references items (id),
  at timestamptz(3) not null,
  confidence text not null check (confidence in ('low', 'medium', 'high')),
  -- [{org, role, accountable, network, evidence}]: ids and words only.
  chain jsonb not null,
  -- Addresses seen on the way, under the item's key.
  sealed bytea
);
create index attributions_by_item on attributions (item_id, at);

create table addressees (
  item_id text not null references items (id),
  org_id text not null references organisations (id),
  notice_id text not null references notices (id),
  role text not null check (role in ('hosting', 'reseller', 'site_operator', 'reverse_proxy')),
  accountable boolean not null,
  offered_at timestamptz(3),
  received_at timestamptz(3),
  due_at timestamptz(3),
  -- [{from, until|null}]: obstacles in the way of this clock.
  obstacles jsonb not null default '[]',
  ended_at timestamptz(3),
  deadline_passed_at timestamptz(3),
  created_at timestamptz(3) not null,
  primary key (item_id, org_id)
);
create index addressees_by_org on addressees (org_id, notice_id);
create index addressees_running on addressees (due_at) where ended_at is null and deadline_passed_at is null;
