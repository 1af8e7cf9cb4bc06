-- What must follow from a fact is written with it. A sweep that knew it by the fact's age lost it when a clock was turned.
alter table reactions_done rename to reactions;
alter table reactions rename constraint reactions_done_pkey to reactions_pkey;
alter table reactions rename column at to done_at;
alter table reactions alter column done_at drop not null;
create index reactions_owed on reactions (fact_id, reaction) where done_at is null;

-- What is under way: as far back as the sweep looked until now.
insert into reactions (fact_id, reaction)
select f.id, known.reaction
from (select distinct f.kind, r.reaction from reactions r join facts f on f.id = r.fact_id) known
join facts f on f.kind = known.kind
where f.at > now() - interval '31 days'
on conflict do nothing;

do $$
begin
  if to_regclass('queue.job') is not null then
    insert into reactions (fact_id, reaction)
    select data ->> 'factId', substr(name, length('reaction.') + 1)
    from queue.job
    where name like 'reaction.%' and state in ('created', 'retry', 'active') and data ->> 'factId' in (select id from facts)
    on conflict do nothing;
  end if;
end $$;
