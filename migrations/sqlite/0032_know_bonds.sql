-- Bonds present with a customer: financial (1), social (2), structural (3), from a day and maybe up to one.
create table bonds (
  id integer primary key,
  party integer not null references parties (id),
  level integer not null check (level between 1 and 3),
  name text not null,
  started integer not null,
  -- The first day without it.
  ended integer,
  source text not null,
  author integer,
  author_name text not null,
  -- The name of the event that told it, where a program did.
  told text,
  at integer not null,
  deleted_at integer
) strict;
create index bonds_party on bonds (party) where deleted_at is null;
create index bonds_level on bonds (level, started) where deleted_at is null;
create unique index bonds_told on bonds (source, told) where told is not null;
