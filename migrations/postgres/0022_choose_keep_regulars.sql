-- Until when somebody has enough order days for a regular: who was one when they last ordered is found long after their
-- state has changed. The next refresh writes it.
alter table facts add column regular_until bigint;
drop index facts_rule;
create index facts_rule on facts (state, orders, last_day, first_day, spend, currency, order_days, refunds,
  usual_interval, late_from, state_since, contacted_day, r, f, m, regular_until, party);
delete from settings where name = 'choose.company_interval';
-- What rules ask of the log beside orders: complaints, messages, what programs tell.
create index interactions_kind on interactions (kind, party, at) where party is not null and kind <> 'order.added';
