-- Teams; what a user sees of the customers; users who have left; when a session last proved who it is; invitations.
-- SQLite cannot change a check, so the three tables are made anew, the ones that refer to users first.
create table teams (
  id integer primary key,
  name text not null,
  created_at integer not null
) strict;
create unique index teams_name on teams (name);

create table users_new (
  id integer primary key,
  email text not null,
  name text not null,
  role text not null check (role in ('owner', 'manager', 'staff', 'clerk', 'analyst')),
  locale text not null check (locale in ('ko', 'en')),
  password text,
  created_at integer not null,
  team integer references teams (id) on delete set null,
  scope text not null default 'all' check (scope in ('all', 'team', 'own')),
  deactivated_at integer,
  revision integer not null default 1
) strict;
insert into users_new (id, email, name, role, locale, password, created_at)
  select id, email, name, role, locale, password, created_at from users;

create table sessions_new (
  id integer primary key,
  token_hash blob not null,
  user_id integer not null references users_new (id) on delete cascade,
  created_at integer not null,
  seen_at integer not null,
  address text not null,
  agent text not null,
  proved_at integer not null
) strict;
insert into sessions_new (id, token_hash, user_id, created_at, seen_at, address, agent, proved_at)
  select id, token_hash, user_id, created_at, seen_at, address, agent, created_at from sessions;

create table links_new (
  token_hash blob primary key,
  kind text not null check (kind in ('first_run', 'reset', 'invite')),
  user_id integer references users_new (id) on delete cascade,
  created_at integer not null,
  expires_at integer
) strict;
insert into links_new select token_hash, kind, user_id, created_at, expires_at from links;

drop table sessions;
drop table links;
drop table users;
alter table users_new rename to users;
alter table sessions_new rename to sessions;
alter table links_new rename to links;
create unique index users_email on users (email);
create index users_team on users (team) where team is not null;
create unique index sessions_token on sessions (token_hash);
create index sessions_user on sessions (user_id);

-- Who of the company looks after a customer.
create table keepers (
  party integer primary key,
  user_id integer not null,
  since integer not null
) strict;
create index keepers_user on keepers (user_id, party);
