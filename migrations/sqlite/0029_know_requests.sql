-- What people ask about their own data, by when the law wants an answer, and what was answered.
create table requests (
  id integer primary key,
  party integer references parties (id),
  -- How somebody called themselves whom nobody here knows.
  who text,
  kind text not null check (kind in ('access', 'correction', 'erasure', 'suspension', 'source', 'explanation')),
  way text not null check (way in ('member_page', 'mail', 'phone', 'counter', 'letter')),
  jurisdiction text not null check (jurisdiction in ('kr', 'eu')),
  received_at integer not null,
  received_day integer not null,
  alarm_day integer not null,
  due_day integer not null,
  words text not null,
  state text not null check (state in ('open', 'identity_checked', 'answered', 'refused')),
  identity text,
  identity_at integer,
  identity_by integer,
  identity_by_name text,
  reason text,
  answer text,
  closed_at integer,
  closed_by integer,
  closed_by_name text,
  created_by integer,
  created_by_name text not null,
  check (party is not null or who is not null)
) strict;
create index requests_party on requests (party) where party is not null;
create index requests_state on requests (state, due_day, id);
