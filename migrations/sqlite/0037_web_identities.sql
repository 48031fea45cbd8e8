-- Accounts at an identity provider that are somebody's here, and tries of people who are there now.
create table identities (
  issuer text not null,
  subject text not null,
  user_id integer not null references users (id) on delete cascade,
  email text,
  created_at integer not null,
  used_at integer,
  primary key (issuer, subject)
) strict, without rowid;
create index identities_user on identities (user_id);

create table sso_attempts (
  browser_hash blob primary key,
  purpose text not null check (purpose in ('sign_in', 'link', 'proof')),
  issuer text not null,
  state text not null,
  nonce text not null,
  verifier text not null,
  back text not null,
  user_id integer references users (id) on delete cascade,
  created_at integer not null
) strict, without rowid;
