-- A poll that waits asks once a second what its own stream has not been told.
create index stream_updates_owed_to on stream_updates (org_id, made_at) where told_at is null;
