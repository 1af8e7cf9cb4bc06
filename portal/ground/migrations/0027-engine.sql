-- How fast an endpoint may be served. Its owner's setting: how many requests at once; null: two.
alter table endpoints add column in_flight smallint check (in_flight between 1 and 32);
-- What it said itself (WebHook-Allowed-Rate): so many requests a minute; null: it said nothing. The next one at that pace.
alter table endpoints add column allowed_rate integer check (allowed_rate > 0);
alter table endpoints add column paced_until timestamptz(3);
-- An endpoint that keeps failing is left alone until then, for longer with every rest in a row; then one is tried.
alter table endpoints add column rests smallint not null default 0;
alter table endpoints add column rests_until timestamptz(3);

-- Room in every page for the next version of a row beside the one before: a row that moves no column of an index stays
-- where it is, and no index learns of it.
alter table inbox_rows set (fillfactor = 70);
alter table addressees set (fillfactor = 80);
alter table deliveries set (fillfactor = 80);

-- What an organisation waits for, oldest deadline first: a claim reads the beginning of it, however much there is.
create index deliveries_waiting on deliveries (org_id, deadline_at, id) where next_attempt_at is not null;

-- The columns of an index that no longer move: what is open of one reader is found as before, and a clock that starts moves
-- no row of a list to another page.
drop index inbox_rows_by_due;
create index inbox_rows_open on inbox_rows (org_id, side) where ended_at is null;
