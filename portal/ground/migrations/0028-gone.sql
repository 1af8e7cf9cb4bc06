-- Of a delivery that was signed again before it arrived: when its notice was first queued for this addressee. Its steps of
-- escalation are counted from there, and its deadline is still the first one.
alter table deliveries add column first_queued_at timestamptz(3);
-- By the notice's norm: how long after it was offered on a live second channel silence counts as receipt (ISO 8601).
alter table notices add column deemed_receipt text;
-- When an item was first offered to an addressee on a second channel that was alive, where its norm asks for that.
alter table addressees add column second_offered_at timestamptz(3);
create index addressees_by_second_offer on addressees (second_offered_at)
  where second_offered_at is not null and received_at is null and ended_at is null;
