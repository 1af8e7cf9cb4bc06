-- In which of its addressee's networks the items of a delivery stand, as one text that deliveries with the same way have in
-- common: an item's networks, the narrowest first, between commas; items apart by a space. Null: some item in none.
alter table deliveries drop column network_id;
alter table deliveries add column stands_in text;

-- Why a network ended, and whose decision that was: of the desk's, where it was not by its proof.
alter table networks
  add column ended_code text,
  add column ended_by text references people (id),
  add column ended_reason text;

-- Items in a part of a network that was handed on: what a reseller's people are shown, as far as the holder allows.
-- A row for the newest snapshot of an item and no other.
create table delegated_items (
  item_id text primary key references items (id),
  delegation_id text not null references delegations (id),
  org_id text not null references organisations (id),
  to_org_id text not null references organisations (id),
  notice_id text not null references notices (id),
  at timestamptz(3) not null
);
create index delegated_items_to on delegated_items (to_org_id, item_id);
create index delegated_items_by_delegation on delegated_items (delegation_id);
