-- Public pages: the keys that sign their links, made here so that every company has one, and one-time codes, veiled.
create table link_keys (
  number bigint primary key,
  secret bytea not null,
  created_at bigint not null
);
-- Two random identifiers (RFC 9562, version 4) hold 244 random bits.
insert into link_keys (number, secret, created_at)
values (1, sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 0);

create table one_time_codes (
  name text collate "C" primary key,
  veiled bytea not null,
  tries bigint not null,
  expires_at bigint not null
);
