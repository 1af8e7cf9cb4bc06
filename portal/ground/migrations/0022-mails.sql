-- Which of its mailboxes a contact has now, counted from 1. A pointer and its link belong to one mailbox and end with it;
-- whoever reads the next one is pointed anew.
alter table contacts add column mailbox smallint not null default 1;
alter table pointers add column mailbox smallint not null default 1;
alter table pointers drop constraint pointers_pkey;
alter table pointers add primary key (delivery_id, contact_id, mailbox);
alter table answer_links add column mailbox smallint not null default 1;
alter table answer_links drop constraint answer_links_delivery_id_contact_id_key;
alter table answer_links add unique (delivery_id, contact_id, mailbox);

-- A mailbox that notices could go to and no longer do: it is told so. A change names its row, so that none is passed over
-- where several follow each other.
create table former_mailboxes (
  id text primary key,
  contact_id text not null references contacts (id),
  org_id text not null references organisations (id),
  email text not null,
  locale text not null,
  ended_at timestamptz(3) not null
);
alter table contacts drop column former_email;

-- Since when whoever reads there, or their provider, calls our mail unwanted.
alter table contacts add column complained_at timestamptz(3);

-- Every mail has a row: also those to one person, and those that nobody's organisation asked for yet.
alter table mails alter column org_id drop not null;
alter table mails add column recipient_id text;
-- What it is about: a link to sign in, an invitation, a claim on a network …
alter table mails add column about_id text;
create index mails_by_about on mails (about_id) where about_id is not null;
create index mails_asking on mails (sent_at) where state in ('sent', 'delayed') and purpose <> 'pointer';
alter table received_mails alter column org_id drop not null;
