-- What a stream is now is owed to its receiver until it said 202, like a delivery: when to tell it again, after how many tries.
alter table stream_updates add column attempts integer not null default 0;
alter table stream_updates add column next_attempt_at timestamptz(3);
create index stream_updates_owed on stream_updates (next_attempt_at) where told_at is null;
