-- What is in flight at an endpoint is counted by its attempts. A lease then stands in no index: a delivery that is leased
-- stays on its page, where there is room for it, and no index learns of it.
create index attempts_running on attempts (endpoint_id, started_at) where result is null;
drop index deliveries_leased;
alter table deliveries set (fillfactor = 50);
