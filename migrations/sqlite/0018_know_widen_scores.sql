-- One row a customer instead of one a score: a refit of a million customers writes a third of the rows, in the order of
-- the key, and no index lies at random places (decision 11).
create table scores_next (
  party integer primary key,
  p_alive real,
  p_alive_low real,
  p_alive_high real,
  expected_orders real,
  expected_orders_low real,
  expected_orders_high real,
  value real,
  value_low real,
  value_high real,
  run integer not null
) strict;
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
