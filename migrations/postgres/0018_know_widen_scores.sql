-- One row a customer instead of one a score: a refit of a million customers writes a third of the rows, in the order of
-- the key, and no index lies at random places (decision 11).
create table scores_next (
  party bigint primary key,
  p_alive double precision,
  p_alive_low double precision,
  p_alive_high double precision,
  expected_orders double precision,
  expected_orders_low double precision,
  expected_orders_high double precision,
  value double precision,
  value_low double precision,
  value_high double precision,
  run bigint not null
);
insert into scores_next
select party,
  max(value) filter (where name = 'p_alive'), max(low) filter (where name = 'p_alive'),
  max(high) filter (where name = 'p_alive'),
  max(value) filter (where name = 'expected_orders'), max(low) filter (where name = 'expected_orders'),
  max(high) filter (where name = 'expected_orders'),
  max(value) filter (where name = 'value'), max(low) filter (where name = 'value'),
  max(high) filter (where name = 'value'),
  max(run)
from scores group by party;
drop table scores;
alter table scores_next rename to scores;
