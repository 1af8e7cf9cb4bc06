-- Whoever submits an address waits here for whoever submits the same one. A row is gone before its transaction ends.
create table locator_locks (
  mac bytea primary key
);
