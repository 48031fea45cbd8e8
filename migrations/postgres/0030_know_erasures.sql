-- Who was erased, as salted hashes; whose data is not used any more; exports of what is held about one person.
alter table parties add column erased_at bigint;

create table erasures (
  id bigint primary key,
  party bigint not null,
  at bigint not null,
  request bigint,
  by_user bigint,
  by_name text collate "C" not null,
  -- The line of the list beside the database.
  line text collate "C" not null,
  -- How many rows of what went and stayed.
  report jsonb not null
);
create index erasures_party on erasures (party);

-- The contacts of people who were erased: a file from before brings nobody back.
create table erased_contacts (
  hash text collate "C" primary key,
  party bigint,
  until_day bigint not null
);

create table suspensions (
  party bigint primary key references parties (id),
  since bigint not null,
  request bigint
);

create table person_exports (
  id bigint primary key,
  party bigint not null references parties (id),
  request bigint not null references requests (id),
  made_at bigint not null,
  bytes bigint not null,
  hash text collate "C" not null,
  parts jsonb not null,
  fetched_at bigint
);
create index person_exports_request on person_exports (request);
create index person_exports_party on person_exports (party);

create table person_export_pieces (
  export bigint not null references person_exports (id) on delete cascade,
  place bigint not null,
  bytes bytea not null,
  primary key (export, place)
);
