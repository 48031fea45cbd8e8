-- How one party is tied to another: `party` works for, belongs to the family of, was referred by, supplies or is a part of
-- `other`. Both stay who they were when the tie was noted, whoever stands for them since.
create table ties (
  id bigint primary key,
  kind text collate "C" not null,
  party bigint not null references parties (id),
  other bigint not null references parties (id),
  since bigint,
  until bigint,
  created_at bigint not null
);
create index ties_party on ties (party, kind);
create index ties_other on ties (other, kind);
