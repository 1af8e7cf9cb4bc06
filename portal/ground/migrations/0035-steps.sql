-- Who is to be told next is asked every five seconds. What waits for a receiver that is gone for good has taken all of its
-- steps, and is not read again.
create index deliveries_steps on deliveries (escalated, deadline_at) where next_attempt_at is not null and escalated < 3;
