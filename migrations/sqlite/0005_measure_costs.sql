-- What winning and keeping customers costs, and the models' and the bucket's latest answers.
create table costs (
  id integer primary key,
  kind text not null check (kind in ('acquisition', 'retention')),
  month integer not null,
  amount integer not null check (amount >= 0),
  currency text not null,
  medium text not null,
  note text not null,
  created_by integer,
  created_at integer not null,
  deleted_at integer
) strict;
create index costs_month on costs (month);

create table model_runs (
  id integer primary key,
  as_of integer not null,
  customers integer not null,
  result text not null,
  at integer not null
) strict;

-- Who entered and who left the set of live customers in a month; derived, rebuilt by the refresh job.
create table leak_moves (
  month integer not null,
  direction text not null check (direction in ('in', 'out')),
  party integer not null,
  reason text,
  inferred integer not null,
  primary key (month, direction, party)
) strict, without rowid;
create index leak_moves_party on leak_moves (party, month);

create table leak_months (
  month integer primary key,
  opening integer not null,
  inflow integer not null,
  outflow integer not null,
  level integer not null
) strict;
