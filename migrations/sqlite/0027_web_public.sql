-- Public pages: the keys that sign their links, made here so that every company has one, and one-time codes, veiled.
create table link_keys (
  number integer primary key,
  secret blob not null,
  created_at integer not null
) strict;
insert into link_keys (number, secret, created_at) values (1, randomblob(32), 0);

create table one_time_codes (
  name text primary key,
  veiled blob not null,
  tries integer not null,
  expires_at integer not null
) strict;
