-- Users, their sessions and one-time links, sign-in counters, the audit log, cards put to rest.
create table users (
  id integer primary key,
  email text not null,
  name text not null,
  role text not null check (role in ('owner', 'manager', 'staff')),
  locale text not null check (locale in ('ko', 'en')),
  password text,
  created_at integer not null
) strict;
create unique index users_email on users (email);

create table sessions (
  id integer primary key,
  token_hash blob not null,
  user_id integer not null references users (id) on delete cascade,
  created_at integer not null,
  seen_at integer not null,
  address text not null,
  agent text not null
) strict;
create unique index sessions_token on sessions (token_hash);
create index sessions_user on sessions (user_id);

create table links (
  token_hash blob primary key,
  kind text not null check (kind in ('first_run', 'reset')),
  user_id integer references users (id) on delete cascade,
  created_at integer not null,
  expires_at integer
) strict;

create table sign_in_tries (
  name text primary key,
  tries integer not null,
  since integer not null
) strict;

create table audit (
  id integer primary key,
  at integer not null,
  user_id integer,
  action text not null,
  subject integer,
  detail text not null
) strict;

create table card_rests (
  card text primary key,
  until_day integer not null,
  user_id integer not null,
  at integer not null
) strict;
