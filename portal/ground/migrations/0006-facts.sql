-- Append-only. `payload` is the text whose bytes are hashed.
create table facts (
  chain text not null,
  seq integer not null,
  id text not null unique,
  kind text not null,
  at timestamptz(3) not null,
  payload text not null,
  previous bytea not null,
  hash bytea not null,
  primary key (chain, seq)
);
create index facts_by_kind on facts (kind, at);
create index facts_by_time on facts (at);

create function facts_are_never_changed() returns trigger language plpgsql as $$
begin
  raise exception 'facts are never changed; a correction is another fact';
end $$;
create trigger facts_append_only before update or delete or truncate on facts
  for each statement execute function facts_are_never_changed();

create table fact_heads (
  chain text primary key,
  seq integer not null,
  hash bytea not null
);

-- What the sweep compares facts with.
create table reactions_done (
  fact_id text not null,
  reaction text not null,
  at timestamptz(3) not null,
  primary key (fact_id, reaction)
);

create table roots (
  at timestamptz(3) primary key,
  root bytea not null,
  leaves integer not null,
  signed text
);
