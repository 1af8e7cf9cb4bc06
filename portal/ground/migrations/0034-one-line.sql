-- What is due is found along deliveries_waiting, an organisation's line at a time; nothing asks by this one any more, and a
-- plan that takes it reads everything that waits.
drop index deliveries_due;
