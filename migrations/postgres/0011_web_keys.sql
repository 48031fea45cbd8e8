-- API keys, second factors, and the kinds of interaction that programs may tell.
create table api_keys (
  id bigint primary key,
  prefix text collate "C" not null,
  secret_hash bytea not null,
  name text collate "C" not null,
  scopes text collate "C" not null,
  user_id bigint not null references users (id) on delete cascade,
  created_at bigint not null,
  expires_at bigint,
  used_at bigint
);
create unique index api_keys_secret on api_keys (secret_hash);
create index api_keys_user on api_keys (user_id);

create table second_factors (
  user_id bigint primary key references users (id) on delete cascade,
  secret bytea not null,
  last_step bigint not null,
  created_at bigint not null,
  confirmed_at bigint
);

create table recovery_codes (
  user_id bigint not null references users (id) on delete cascade,
  code_hash bytea not null,
  primary key (user_id, code_hash)
);

create table event_kinds (
  code text collate "C" primary key,
  name text collate "C" not null,
  created_at bigint not null
);
