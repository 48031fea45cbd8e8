-- Who everyone is, what they bought, and what follows from it.
create table parties (
  id bigint primary key,
  kind text collate "C" not null check (kind in ('person', 'organisation')),
  name text collate "C",
  name_fold text collate "C" not null,
  created_at bigint not null,
  changed_at bigint not null,
  revision bigint not null,
  import_id bigint,
  retracted_by bigint
);
create index parties_import on parties (import_id) where import_id is not null;

-- E-mail addresses, phone numbers and the ids other systems know a party by. `source` is '' for the first two.
create table contacts (
  id bigint primary key,
  party bigint not null references parties (id),
  kind text collate "C" not null check (kind in ('email', 'phone', 'source_id')),
  source text collate "C" not null,
  value text collate "C" not null,
  shown text collate "C" not null,
  phone_tail text collate "C",
  created_at bigint not null
);
create unique index contacts_value on contacts (kind, source, value);
create index contacts_party on contacts (party);
create index contacts_tail on contacts (phone_tail, party) where phone_tail is not null;

create table order_lines (
  id bigint primary key,
  source text collate "C" not null,
  order_no text collate "C" not null,
  line_id text collate "C" not null,
  content_hash text collate "C" not null,
  revision bigint not null,
  party bigint,
  at bigint not null,
  day bigint not null,
  product text collate "C",
  category text collate "C",
  quantity_milli bigint,
  amount bigint not null,
  currency text collate "C" not null,
  store text collate "C",
  staff text collate "C",
  channel text collate "C",
  import_id bigint,
  retracted_by bigint
);
create unique index order_lines_key on order_lines (source, order_no, line_id);
create index order_lines_party on order_lines (party, day) where party is not null;
create index order_lines_import on order_lines (import_id) where import_id is not null;
create index order_lines_number on order_lines (order_no);

-- What a line said before an import changed it, so that the import can be undone.
create table line_history (
  line bigint not null,
  revision bigint not null,
  import_id bigint,
  replaced_by bigint,
  content jsonb not null,
  primary key (line, revision)
);
create index line_history_replaced on line_history (replaced_by) where replaced_by is not null;

-- The row as it stood in the file; deletable.
create table raw_rows (
  line bigint primary key,
  raw text collate "C" not null
);

create table visits (
  id bigint primary key,
  party bigint not null references parties (id),
  at bigint not null,
  day bigint not null,
  store text collate "C",
  staff text collate "C"
);
create index visits_party on visits (party, at);

create table notes (
  id bigint primary key,
  party bigint not null references parties (id),
  body text collate "C" not null,
  contact text collate "C" check (contact in ('called', 'messaged', 'met')),
  card text collate "C",
  author bigint,
  author_name text collate "C" not null,
  at bigint not null,
  deleted_at bigint
);
create index notes_party on notes (party, at);

-- Derived from order lines, one row a party; may be dropped and rebuilt.
create table facts (
  party bigint primary key,
  orders bigint not null,
  order_days bigint not null,
  currency text collate "C",
  spend bigint not null,
  refunds bigint not null,
  first_day bigint,
  last_day bigint,
  usual_interval double precision,
  own_interval boolean not null,
  late_from bigint,
  history bytea not null,
  contacted_day bigint,
  state text collate "C" not null,
  state_since bigint,
  state_changes_at bigint,
  r bigint,
  f bigint,
  m bigint
);
create index facts_spend on facts (spend, party);
create index facts_last on facts (last_day, party);
create index facts_orders on facts (orders, party);
create index facts_state on facts (state, spend, party);
create index facts_changes on facts (state_changes_at) where state_changes_at is not null;
create index facts_late on facts (state, late_from);

-- What a party spent, a row a currency: currencies are never added together.
create table party_money (
  party bigint not null,
  currency text collate "C" not null,
  orders bigint not null,
  spend bigint not null,
  refunds bigint not null,
  primary key (party, currency)
);

-- How often a gap of so many days lies between two order days of the same party: the company's usual interval.
create table gaps (
  days bigint primary key,
  count bigint not null
);

create table scores (
  party bigint not null,
  name text collate "C" not null,
  value double precision,
  low double precision,
  high double precision,
  reason text collate "C",
  run bigint not null,
  primary key (party, name)
);
create index scores_value on scores (name, value, party);

create table views (
  id bigint primary key,
  name text collate "C" not null,
  query text collate "C" not null,
  owner bigint,
  created_at bigint not null
);

-- Why a party left, as a person recorded it.
create table leaving_reasons (
  party bigint primary key,
  reason text collate "C" not null,
  at bigint not null,
  recorded_by bigint
);
