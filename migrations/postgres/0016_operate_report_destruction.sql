-- What was destroyed because its period had ended: counts, never what it was.
create table destructions (
  id bigint primary key,
  at bigint not null,
  kind text collate "C" not null,
  before bigint not null,
  count bigint not null,
  method text collate "C" not null,
  approved_by bigint
);
