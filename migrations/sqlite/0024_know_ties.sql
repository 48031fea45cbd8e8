-- How one party is tied to another: `party` works for, belongs to the family of, was referred by, supplies or is a part of
-- `other`. Both stay who they were when the tie was noted, whoever stands for them since.
create table ties (
  id integer primary key,
  kind text not null,
  party integer not null references parties (id),
  other integer not null references parties (id),
  since integer,
  until integer,
  created_at integer not null
) strict;
create index ties_party on ties (party, kind);
create index ties_other on ties (other, kind);
