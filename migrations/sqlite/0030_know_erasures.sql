-- Who was erased, as salted hashes; whose data is not used any more; exports of what is held about one person.
alter table parties add column erased_at integer;

create table erasures (
  id integer primary key,
  party integer not null,
  at integer not null,
  request integer,
  by_user integer,
  by_name text not null,
  -- The line of the list beside the database.
  line text not null,
  -- How many rows of what went and stayed.
  report text not null
) strict;
create index erasures_party on erasures (party);

-- The contacts of people who were erased: a file from before brings nobody back.
create table erased_contacts (
  hash text primary key,
  party integer,
  until_day integer not null
) strict, without rowid;

create table suspensions (
  party integer primary key references parties (id),
  since integer not null,
  request integer
) strict;

create table person_exports (
  id integer primary key,
  party integer not null references parties (id),
  request integer not null references requests (id),
  made_at integer not null,
  bytes integer not null,
  hash text not null,
  parts text not null,
  fetched_at integer
) strict;
create index person_exports_request on person_exports (request);
create index person_exports_party on person_exports (party);

create table person_export_pieces (
  export integer not null references person_exports (id) on delete cascade,
  place integer not null,
  bytes blob not null,
  primary key (export, place)
) strict, without rowid;
