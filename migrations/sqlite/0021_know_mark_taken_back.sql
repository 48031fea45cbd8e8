-- Orders that refunds have wholly taken back are marked on their lines, so that whoever counts what was ordered need not
-- add refunds up. Facts mark them, so they are computed anew.
alter table order_lines add column taken_back integer not null default 0;
create index order_lines_taken_back on order_lines (party) where taken_back = 1;
drop index order_lines_day;
create index order_lines_day on order_lines (day, party)
  where party is not null and retracted_by is null and amount >= 0 and taken_back = 0;
update reactions set xid = -1, seq = -1 where name = 'know.facts';
