-- Why people left, counted by month: the board would count millions of moves each time it is opened.
create table leak_reasons (
  month bigint not null,
  reason text collate "C" not null,
  people bigint not null,
  primary key (month, reason)
);
insert into leak_reasons (month, reason, people)
select month, coalesce(reason, 'unknown'), count(*) from leak_moves where direction = 'out'
group by month, coalesce(reason, 'unknown');

-- Where a customer bought and who served them. Facts are computed anew, which also marks the days in another currency
-- than the customer's main one in histories that were kept before there was a mark.
alter table facts add column places jsonb;
update reactions set xid = -1, seq = -1 where name = 'know.facts';
