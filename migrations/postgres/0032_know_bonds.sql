-- Bonds present with a customer: financial (1), social (2), structural (3), from a day and maybe up to one.
create table bonds (
  id bigint primary key,
  party bigint not null references parties (id),
  level bigint not null check (level between 1 and 3),
  name text collate "C" not null,
  started bigint not null,
  -- The first day without it.
  ended bigint,
  source text collate "C" not null,
  author bigint,
  author_name text collate "C" not null,
  -- The name of the event that told it, where a program did.
  told text collate "C",
  at bigint not null,
  deleted_at bigint
);
create index bonds_party on bonds (party) where deleted_at is null;
create index bonds_level on bonds (level, started) where deleted_at is null;
create unique index bonds_told on bonds (source, told) where told is not null;
