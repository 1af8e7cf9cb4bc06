create table signing_keys (
  kid text primary key,
  public_jwk jsonb not null,
  data_key bytea not null,
  sealed_private bytea not null,
  published_at timestamptz(3) not null,
  active_from timestamptz(3) not null,
  retired_at timestamptz(3),
  revoked_at timestamptz(3)
);

-- Where mail waits to be read in development and in the demo; empty in production.
create table mailbox (
  id text primary key,
  sent_at timestamptz(3) not null,
  recipient text not null,
  subject text not null,
  body text not null
);
create index mailbox_by_time on mailbox (sent_at);
