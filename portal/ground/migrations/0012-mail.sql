-- Every mail that is about an organisation, and what became of it. Its text is kept nowhere.
create table mails (
  id text primary key,
  -- What its sender calls it: the same is mailed once, and it is the first half of the Message-ID.
  key text not null unique,
  org_id text not null references organisations (id),
  contact_id text,
  purpose text not null,
  notice_id text references notices (id),
  delivery_id text references deliveries (id),
  -- Of the mailbox it was sent to, behind the @.
  recipient_domain text not null,
  state text not null check (
    state in ('sending', 'sent', 'delayed', 'returned', 'auto_replied', 'answered', 'silent')
  ),
  code text,
  permanent boolean,
  prepared_at timestamptz(3) not null,
  sent_at timestamptz(3),
  changed_at timestamptz(3) not null
);
create index mails_by_org on mails (org_id, sent_at);
create index mails_by_contact on mails (contact_id, sent_at) where contact_id is not null;
create index mails_by_notice on mails (notice_id) where notice_id is not null;
create index mails_unanswered on mails (sent_at) where state in ('sent', 'delayed');

-- What came back, once each; what a person wrote is sealed under a data key of its own.
create table received_mails (
  id text primary key,
  mail_id text not null references mails (id),
  org_id text not null references organisations (id),
  digest bytea not null unique,
  class text not null check (class in ('permanent', 'temporary', 'auto_reply', 'feedback', 'person')),
  code text,
  data_key bytea,
  sealed bytea,
  received_at timestamptz(3) not null,
  seen_at timestamptz(3)
);
create index received_mails_by_mail on received_mails (mail_id, received_at);
create index received_mails_unseen on received_mails (received_at) where seen_at is null;

-- The link in a pointer mail: for one contact and one delivery. Its secret is made again from its id.
create table answer_links (
  id text primary key,
  delivery_id text not null references deliveries (id),
  notice_id text not null references notices (id),
  org_id text not null references organisations (id),
  contact_id text not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  revoked_at timestamptz(3),
  confirmed_at timestamptz(3),
  wrong_numbers smallint not null default 0,
  wrong_since timestamptz(3),
  unique (delivery_id, contact_id)
);
create index answer_links_by_notice on answer_links (notice_id, contact_id);
