-- What somebody means to say or do for a customer, until it is done or not done. `anchor` is the day as it was said: a
-- birthday comes again on it; `next` names the row of the year after a closed one.
create table follow_ups (
  id bigint primary key,
  party bigint not null references parties (id),
  note bigint,
  occasion text collate "C" not null,
  title text collate "C" not null,
  anchor bigint not null,
  due bigint not null,
  plan text collate "C" not null check (plan in ('on_day', 'next_visit', 'yearly')),
  state text collate "C" not null check (state in ('open', 'done', 'not_done')),
  created_at bigint not null,
  created_by bigint,
  created_by_name text collate "C" not null,
  closed_at bigint,
  closed_by bigint,
  closed_by_name text collate "C",
  next bigint
);
create index follow_ups_party on follow_ups (party, due);
create index follow_ups_due on follow_ups (due, id) where state = 'open';
create index follow_ups_note on follow_ups (note) where note is not null;
create index visits_day on visits (party, day);
