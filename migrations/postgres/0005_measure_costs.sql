-- What winning and keeping customers costs, and the models' and the bucket's latest answers.
create table costs (
  id bigint primary key,
  kind text collate "C" not null check (kind in ('acquisition', 'retention')),
  month bigint not null,
  amount bigint not null check (amount >= 0),
  currency text collate "C" not null,
  medium text collate "C" not null,
  note text collate "C" not null,
  created_by bigint,
  created_at bigint not null,
  deleted_at bigint
);
create index costs_month on costs (month);

create table model_runs (
  id bigint primary key,
  as_of bigint not null,
  customers bigint not null,
  result jsonb not null,
  at bigint not null
);

-- Who entered and who left the set of live customers in a month; derived, rebuilt by the refresh job.
create table leak_moves (
  month bigint not null,
  direction text collate "C" not null check (direction in ('in', 'out')),
  party bigint not null,
  reason text collate "C",
  inferred boolean not null,
  primary key (month, direction, party)
);
create index leak_moves_party on leak_moves (party, month);

create table leak_months (
  month bigint primary key,
  opening bigint not null,
  inflow bigint not null,
  outflow bigint not null,
  level bigint not null
);
