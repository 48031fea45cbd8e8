-- Who everyone is, what they bought, and what follows from it.
create table parties (
  id integer primary key,
  kind text not null check (kind in ('person', 'organisation')),
  name text,
  name_fold text not null,
  created_at integer not null,
  changed_at integer not null,
  revision integer not null,
  import_id integer,
  retracted_by integer
) strict;
create index parties_import on parties (import_id) where import_id is not null;

-- E-mail addresses, phone numbers and the ids other systems know a party by. `source` is '' for the first two.
create table contacts (
  id integer primary key,
  party integer not null references parties (id),
  kind text not null check (kind in ('email', 'phone', 'source_id')),
  source text not null,
  value text not null,
  shown text not null,
  phone_tail text,
  created_at integer not null
) strict;
create unique index contacts_value on contacts (kind, source, value);
create index contacts_party on contacts (party);
create index contacts_tail on contacts (phone_tail, party) where phone_tail is not null;

create table order_lines (
  id integer primary key,
  source text not null,
  order_no text not null,
  line_id text not null,
  content_hash text not null,
  revision integer not null,
  party integer,
  at integer not null,
  day integer not null,
  product text,
  category text,
  quantity_milli integer,
  amount integer not null,
  currency text not null,
  store text,
  staff text,
  channel text,
  import_id integer,
  retracted_by integer
) strict;
create unique index order_lines_key on order_lines (source, order_no, line_id);
create index order_lines_party on order_lines (party, day) where party is not null;
create index order_lines_import on order_lines (import_id) where import_id is not null;
create index order_lines_number on order_lines (order_no);

-- What a line said before an import changed it, so that the import can be undone.
create table line_history (
  line integer not null,
  revision integer not null,
  import_id integer,
  replaced_by integer,
  content text not null,
  primary key (line, revision)
) strict;
create index line_history_replaced on line_history (replaced_by) where replaced_by is not null;

-- The row as it stood in the file; deletable.
create table raw_rows (
  line integer primary key,
  raw text not null
) strict;

create table visits (
  id integer primary key,
  party integer not null references parties (id),
  at integer not null,
  day integer not null,
  store text,
  staff text
) strict;
create index visits_party on visits (party, at);

create table notes (
  id integer primary key,
  party integer not null references parties (id),
  body text not null,
  contact text check (contact in ('called', 'messaged', 'met')),
  card text,
  author integer,
  author_name text not null,
  at integer not null,
  deleted_at integer
) strict;
create index notes_party on notes (party, at);

-- Derived from order lines, one row a party; may be dropped and rebuilt.
create table facts (
  party integer primary key,
  orders integer not null,
  order_days integer not null,
  currency text,
  spend integer not null,
  refunds integer not null,
  first_day integer,
  last_day integer,
  usual_interval real,
  own_interval integer not null,
  late_from integer,
  history blob not null,
  contacted_day integer,
  state text not null,
  state_since integer,
  state_changes_at integer,
  r integer,
  f integer,
  m integer
) strict;
create index facts_spend on facts (spend, party);
create index facts_last on facts (last_day, party);
create index facts_orders on facts (orders, party);
create index facts_state on facts (state, spend, party);
create index facts_changes on facts (state_changes_at) where state_changes_at is not null;
create index facts_late on facts (state, late_from);

-- What a party spent, a row a currency: currencies are never added together.
create table party_money (
  party integer not null,
  currency text not null,
  orders integer not null,
  spend integer not null,
  refunds integer not null,
  primary key (party, currency)
) strict, without rowid;

-- How often a gap of so many days lies between two order days of the same party: the company's usual interval.
create table gaps (
  days integer primary key,
  count integer not null
) strict;

create table scores (
  party integer not null,
  name text not null,
  value real,
  low real,
  high real,
  reason text,
  run integer not null,
  primary key (party, name)
) strict, without rowid;
create index scores_value on scores (name, value, party);

create table views (
  id integer primary key,
  name text not null,
  query text not null,
  owner integer,
  created_at integer not null
) strict;

-- Why a party left, as a person recorded it.
create table leaving_reasons (
  party integer primary key,
  reason text not null,
  at integer not null,
  recorded_by integer
) strict;
