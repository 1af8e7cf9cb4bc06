-- After a key was revoked it is asked for an hour what was signed with it since: a few tokens, of however many.
create index tokens_by_key on tokens (kid, issued_at);
