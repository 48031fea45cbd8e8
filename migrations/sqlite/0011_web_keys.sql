-- API keys, second factors, and the kinds of interaction that programs may tell.
create table api_keys (
  id integer primary key,
  prefix text not null,
  secret_hash blob not null,
  name text not null,
  scopes text not null,
  user_id integer not null references users (id) on delete cascade,
  created_at integer not null,
  expires_at integer,
  used_at integer
) strict;
create unique index api_keys_secret on api_keys (secret_hash);
create index api_keys_user on api_keys (user_id);

create table second_factors (
  user_id integer primary key references users (id) on delete cascade,
  secret blob not null,
  last_step integer not null,
  created_at integer not null,
  confirmed_at integer
) strict;

create table recovery_codes (
  user_id integer not null references users (id) on delete cascade,
  code_hash blob not null,
  primary key (user_id, code_hash)
) strict, without rowid;

create table event_kinds (
  code text primary key,
  name text not null,
  created_at integer not null
) strict;
