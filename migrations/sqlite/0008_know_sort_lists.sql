-- The orders of the customer list, as it asks for them: a page of a million people must not sort them all.
drop index facts_last;
create index facts_last on facts (coalesce(last_day, -1), party);
create index facts_first on facts (coalesce(first_day, -1), party);
create index facts_late_from on facts (coalesce(late_from, 9999999), party);
create index parties_name on parties (name_fold, id);
create index facts_state_last on facts (state, coalesce(last_day, -1), party);
create index facts_state_orders on facts (state, orders, party);
