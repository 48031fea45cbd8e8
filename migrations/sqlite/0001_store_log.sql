-- The log and what reads it, timers, jobs, the outbox, settings and search.
create table nodes (node integer primary key, leased_until integer not null) strict;
insert into nodes (node, leased_until)
with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n < 255) select n, 0 from numbers;

create table settings (
  name text primary key,
  value text not null,
  revision integer not null,
  changed_at integer not null
) strict;

create table interactions (
  seq integer primary key autoincrement,
  -- PostgreSQL orders the log by (xid, seq); with one writer the place alone is that order, and this lets one text
  -- of a query find its way into the same index on both engines.
  xid integer not null generated always as (seq) virtual,
  at integer not null,
  recorded_at integer not null,
  origin text not null check (origin in ('live', 'import', 'backfill', 'undo')),
  party integer,
  kind text not null,
  subject integer,
  amount integer,
  currency text,
  store text,
  staff text,
  channel text,
  import_id integer,
  source text not null,
  source_id text not null,
  body text not null
) strict;
create unique index interactions_source on interactions (source, source_id);
create index interactions_place on interactions (xid, seq);
create index interactions_party on interactions (party, at, seq) where party is not null;

create table reactions (
  name text primary key,
  xid integer not null,
  seq integer not null,
  turned_at integer not null
) strict;

create table parked (
  reaction text not null,
  seq integer not null,
  error text not null,
  at integer not null,
  primary key (reaction, seq)
) strict;

create table timers (
  kind text not null,
  key text not null,
  due integer not null,
  primary key (kind, key)
) strict;
create index timers_due on timers (due);

create table jobs (
  id integer primary key,
  kind text not null,
  state text not null check (state in ('queued', 'running', 'done', 'failed')),
  params text not null,
  cursor text not null,
  done integer not null,
  total integer not null,
  phase text not null,
  message text,
  fence integer not null,
  leased_until integer not null,
  created_at integer not null,
  started_at integer,
  finished_at integer
) strict;
create index jobs_state on jobs (state, id);

create table outbox (
  id integer primary key,
  carrier text not null,
  body text not null,
  tries integer not null,
  next_at integer not null,
  created_at integer not null,
  sent_at integer,
  given_up_at integer,
  error text
) strict;
create index outbox_due on outbox (carrier, next_at) where sent_at is null and given_up_at is null;

create table grams (
  area text not null,
  gram text not null,
  subject integer not null,
  primary key (area, gram, subject)
) strict, without rowid;
create index grams_subject on grams (area, subject);
