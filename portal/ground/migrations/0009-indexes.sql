-- Asked for every notice by what follows from it, without naming an organisation.
create index addressees_by_notice on addressees (notice_id);
-- How many of an endpoint's deliveries are in hand: asked at every look for what is due.
create index deliveries_leased on deliveries (endpoint_id) where leased_until is not null;
