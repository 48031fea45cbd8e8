-- Teams; what a user sees of the customers; users who have left; when a session last proved who it is; invitations.
create table teams (
  id bigint primary key,
  name text collate "C" not null,
  created_at bigint not null
);
create unique index teams_name on teams (name);

alter table users drop constraint users_role_check;
alter table users add constraint users_role_check check (role in ('owner', 'manager', 'staff', 'clerk', 'analyst'));
alter table users add column team bigint references teams (id) on delete set null;
alter table users add column scope text collate "C" not null default 'all' check (scope in ('all', 'team', 'own'));
alter table users add column deactivated_at bigint;
alter table users add column revision bigint not null default 1;
create index users_team on users (team) where team is not null;

alter table sessions add column proved_at bigint not null default 0;
update sessions set proved_at = created_at;
alter table sessions alter column proved_at drop default;

alter table links drop constraint links_kind_check;
alter table links add constraint links_kind_check check (kind in ('first_run', 'reset', 'invite'));

-- Who of the company looks after a customer.
create table keepers (
  party bigint primary key,
  user_id bigint not null,
  since bigint not null
);
create index keepers_user on keepers (user_id, party);
