-- What people ask about their own data, by when the law wants an answer, and what was answered.
create table requests (
  id bigint primary key,
  party bigint references parties (id),
  -- How somebody called themselves whom nobody here knows.
  who text collate "C",
  kind text collate "C" not null check (kind in ('access', 'correction', 'erasure', 'suspension', 'source', 'explanation')),
  way text collate "C" not null check (way in ('member_page', 'mail', 'phone', 'counter', 'letter')),
  jurisdiction text collate "C" not null check (jurisdiction in ('kr', 'eu')),
  received_at bigint not null,
  received_day bigint not null,
  alarm_day bigint not null,
  due_day bigint not null,
  words text collate "C" not null,
  state text collate "C" not null check (state in ('open', 'identity_checked', 'answered', 'refused')),
  identity text collate "C",
  identity_at bigint,
  identity_by bigint,
  identity_by_name text collate "C",
  reason text collate "C",
  answer text collate "C",
  closed_at bigint,
  closed_by bigint,
  closed_by_name text collate "C",
  created_by bigint,
  created_by_name text collate "C" not null,
  check (party is not null or who is not null)
);
create index requests_party on requests (party) where party is not null;
create index requests_state on requests (state, due_day, id);
