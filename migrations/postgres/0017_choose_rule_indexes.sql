-- What rules of segments ask of everyone: the short columns of facts in one index, a fifth of the table, and the days
-- on which anybody ordered.
create index facts_rule on facts (state, orders, last_day, first_day, spend, currency, order_days, refunds,
  usual_interval, late_from, state_since, contacted_day, r, f, m, party);
create index order_lines_day on order_lines (day, party)
  where party is not null and retracted_by is null and amount >= 0;
