-- What was destroyed because its period had ended: counts, never what it was.
create table destructions (
  id integer primary key,
  at integer not null,
  kind text not null,
  before integer not null,
  count integer not null,
  method text not null,
  approved_by integer
) strict;
