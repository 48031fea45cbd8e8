-- What files of customers said of whom, a row for each thing said: the last one of a source and key counts. `wrote` is what
-- the row changed, so that it can be taken back; `raw` the row as it stood in the file. All of it can be deleted.
create table customer_rows (
  id integer primary key,
  source text not null,
  key text not null,
  import_id integer not null,
  party integer not null references parties (id),
  content_hash text not null,
  name text,
  wrote text not null,
  raw text not null
) strict;
create index customer_rows_key on customer_rows (source, key, id);
create index customer_rows_import on customer_rows (import_id, id);
create index customer_rows_party on customer_rows (party);
