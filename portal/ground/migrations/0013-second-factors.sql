-- Only the demo's own links stand for a second factor as well. `back`: a path of ours where its reader goes on.
alter table sign_ins add column assurance smallint not null default 1 check (assurance in (1, 2));
alter table sign_ins add column back text;

-- `confirmed_at`: when the person last proved who they are. `browser`: its family and nothing finer.
alter table sessions add column confirmed_at timestamptz(3);
alter table sessions add column browser text not null default 'other';
create index sessions_by_person on sessions (person_id, ended_at);

-- The mailed secret is derived from the id, so nothing here opens a door.
create table invitations (
  id text primary key,
  org_id text not null references organisations (id),
  email text not null,
  role text not null check (role in ('owner', 'admin', 'handler', 'developer', 'read_only')),
  locale text not null default 'en' check (locale in ('en', 'nl')),
  -- Null where nobody of the organisation invited: its first person, invited by the platform.
  invited_by text references people (id),
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  sent_count smallint not null default 1,
  last_sent_at timestamptz(3) not null,
  revoked_at timestamptz(3),
  accepted_at timestamptz(3),
  accepted_by text references people (id)
);
create index invitations_by_org on invitations (org_id, created_at);
create unique index invitations_waiting on invitations (org_id, email) where accepted_at is null and revoked_at is null;

-- The secret of an app that makes codes, sealed under a data key of its own.
create table totp_factors (
  person_id text primary key references people (id),
  wrapped_key bytea not null,
  sealed_secret bytea not null,
  created_at timestamptz(3) not null,
  -- Null until a first code has shown that the app holds the secret.
  confirmed_at timestamptz(3),
  -- The newest step whose code was taken: no code is taken twice, and none older.
  last_step bigint
);

create table passkeys (
  id text primary key,
  person_id text not null references people (id),
  credential_id bytea not null unique,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  name text not null,
  created_at timestamptz(3) not null,
  last_used_at timestamptz(3)
);
create index passkeys_by_person on passkeys (person_id);

-- What a browser was asked to sign; one for each session, taken away by the answer.
create table passkey_challenges (
  session_id text primary key,
  purpose text not null check (purpose in ('register', 'enter')),
  challenge text not null,
  expires_at timestamptz(3) not null
);

create table recovery_codes (
  person_id text not null references people (id),
  code_hash bytea not null,
  used_at timestamptz(3),
  primary key (person_id, code_hash)
);

-- Wrong answers in a row, of whatever kind of factor.
create table factor_tries (
  person_id text primary key references people (id),
  wrong smallint not null,
  blocked_until timestamptz(3)
);

-- Both mailboxes confirm; until then the old one holds.
create table mailbox_changes (
  id text primary key,
  person_id text not null references people (id),
  email text not null,
  requested_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  old_confirmed_at timestamptz(3),
  new_confirmed_at timestamptz(3),
  -- Done, or taken back by another one.
  ended_at timestamptz(3)
);
create index mailbox_changes_by_person on mailbox_changes (person_id, requested_at);
