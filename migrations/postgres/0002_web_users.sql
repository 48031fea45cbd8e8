-- Users, their sessions and one-time links, sign-in counters, the audit log, cards put to rest.
create table users (
  id bigint primary key,
  email text collate "C" not null,
  name text collate "C" not null,
  role text collate "C" not null check (role in ('owner', 'manager', 'staff')),
  locale text collate "C" not null check (locale in ('ko', 'en')),
  password text collate "C",
  created_at bigint not null
);
create unique index users_email on users (email);

create table sessions (
  id bigint primary key,
  token_hash bytea not null,
  user_id bigint not null references users (id) on delete cascade,
  created_at bigint not null,
  seen_at bigint not null,
  address text collate "C" not null,
  agent text collate "C" not null
);
create unique index sessions_token on sessions (token_hash);
create index sessions_user on sessions (user_id);

create table links (
  token_hash bytea primary key,
  kind text collate "C" not null check (kind in ('first_run', 'reset')),
  user_id bigint references users (id) on delete cascade,
  created_at bigint not null,
  expires_at bigint
);

create table sign_in_tries (
  name text collate "C" primary key,
  tries bigint not null,
  since bigint not null
);

create table audit (
  id bigint primary key,
  at bigint not null,
  user_id bigint,
  action text collate "C" not null,
  subject bigint,
  detail jsonb not null
);

create table card_rests (
  card text collate "C" primary key,
  until_day bigint not null,
  user_id bigint not null,
  at bigint not null
);
