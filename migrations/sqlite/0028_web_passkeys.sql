-- Passkeys, and challenges that wait for an answer.
create table passkeys (
  id integer primary key,
  user_id integer not null references users (id) on delete cascade,
  credential blob not null,
  public_key blob not null,
  domain text not null,
  name text not null,
  sign_count integer not null,
  backed_up integer not null,
  created_at integer not null,
  used_at integer
) strict;
create unique index passkeys_credential on passkeys (credential);
create index passkeys_user on passkeys (user_id);

create table passkey_challenges (
  hash blob primary key,
  purpose text not null,
  user_id integer references users (id) on delete cascade,
  created_at integer not null
) strict, without rowid;
