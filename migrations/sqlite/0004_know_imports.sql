-- Imports of files: the file, the plan, the counts, the rows that failed.
create table imports (
  id integer primary key,
  file text not null,
  path text not null,
  size integer not null,
  state text not null check (state in ('uploaded', 'ready', 'running', 'done', 'failed', 'undoing', 'undone')),
  source text not null,
  plan text not null,
  probe text not null,
  remembered integer not null,
  problem text,
  notices text not null,
  rows_read integer not null,
  rows_new integer not null,
  rows_changed integer not null,
  rows_unchanged integer not null,
  rows_invalid integer not null,
  parties_new integer not null,
  job integer,
  created_by integer,
  created_by_name text not null,
  created_at integer not null,
  finished_at integer
) strict;
create index imports_state on imports (state, id);

create table import_faults (
  import_id integer not null references imports (id),
  line integer not null,
  code text not null,
  detail text not null,
  raw text not null,
  primary key (import_id, line, code)
) strict;

-- The mapping a person settled on, for the next file with the same columns.
create table import_mappings (
  columns_hash text primary key,
  plan text not null,
  used_at integer not null
) strict;
