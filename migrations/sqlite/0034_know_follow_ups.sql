-- What somebody means to say or do for a customer, until it is done or not done. `anchor` is the day as it was said: a
-- birthday comes again on it; `next` names the row of the year after a closed one.
create table follow_ups (
  id integer primary key,
  party integer not null references parties (id),
  note integer,
  occasion text not null,
  title text not null,
  anchor integer not null,
  due integer not null,
  plan text not null check (plan in ('on_day', 'next_visit', 'yearly')),
  state text not null check (state in ('open', 'done', 'not_done')),
  created_at integer not null,
  created_by integer,
  created_by_name text not null,
  closed_at integer,
  closed_by integer,
  closed_by_name text,
  next integer
) strict;
create index follow_ups_party on follow_ups (party, due);
create index follow_ups_due on follow_ups (due, id) where state = 'open';
create index follow_ups_note on follow_ups (note) where note is not null;
create index visits_day on visits (party, day);
