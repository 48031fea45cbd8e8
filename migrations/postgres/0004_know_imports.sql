-- Imports of files: the file, the plan, the counts, the rows that failed.
create table imports (
  id bigint primary key,
  file text collate "C" not null,
  path text collate "C" not null,
  size bigint not null,
  state text collate "C" not null check (state in ('uploaded', 'ready', 'running', 'done', 'failed', 'undoing', 'undone')),
  source text collate "C" not null,
  plan jsonb not null,
  probe jsonb not null,
  remembered boolean not null,
  problem jsonb,
  notices jsonb not null,
  rows_read bigint not null,
  rows_new bigint not null,
  rows_changed bigint not null,
  rows_unchanged bigint not null,
  rows_invalid bigint not null,
  parties_new bigint not null,
  job bigint,
  created_by bigint,
  created_by_name text collate "C" not null,
  created_at bigint not null,
  finished_at bigint
);
create index imports_state on imports (state, id);

create table import_faults (
  import_id bigint not null references imports (id),
  line bigint not null,
  code text collate "C" not null,
  detail jsonb not null,
  raw text collate "C" not null,
  primary key (import_id, line, code)
);

-- The mapping a person settled on, for the next file with the same columns.
create table import_mappings (
  columns_hash text collate "C" primary key,
  plan jsonb not null,
  used_at bigint not null
);
