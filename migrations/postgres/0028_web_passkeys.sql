-- Passkeys, and challenges that wait for an answer.
create table passkeys (
  id bigint primary key,
  user_id bigint not null references users (id) on delete cascade,
  credential bytea not null,
  public_key bytea not null,
  domain text collate "C" not null,
  name text collate "C" not null,
  sign_count bigint not null,
  backed_up boolean not null,
  created_at bigint not null,
  used_at bigint
);
create unique index passkeys_credential on passkeys (credential);
create index passkeys_user on passkeys (user_id);

create table passkey_challenges (
  hash bytea primary key,
  purpose text collate "C" not null,
  user_id bigint references users (id) on delete cascade,
  created_at bigint not null
);
