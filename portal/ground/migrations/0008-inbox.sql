-- A rebuildable projection: one row an item and reader (the notifier, each addressee). Nothing here is a source.
create table inbox_rows (
  item_id text not null references items (id),
  org_id text not null references organisations (id),
  side text not null check (side in ('notifier', 'provider')),
  notice_id text not null references notices (id),
  position smallint not null,
  regime text not null,
  category text not null,
  scope text not null,
  reference text,
  notifier_org_id text not null,
  provider_org_id text,
  role text,
  accountable boolean,
  delivery text,
  handling text not null,
  observation text not null,
  clock text not null,
  headline text not null,
  submitted_at timestamptz(3) not null,
  received_at timestamptz(3),
  due_at timestamptz(3),
  ended_at timestamptz(3),
  updated_at timestamptz(3) not null,
  primary key (item_id, org_id, side)
);
create index inbox_rows_by_reader on inbox_rows (org_id, side, submitted_at desc, item_id);
create index inbox_rows_by_due on inbox_rows (org_id, side, due_at) where ended_at is null;
create index inbox_rows_by_notice on inbox_rows (notice_id);
