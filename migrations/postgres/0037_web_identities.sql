-- Accounts at an identity provider that are somebody's here, and tries of people who are there now.
create table identities (
  issuer text collate "C" not null,
  subject text collate "C" not null,
  user_id bigint not null references users (id) on delete cascade,
  email text collate "C",
  created_at bigint not null,
  used_at bigint,
  primary key (issuer, subject)
);
create index identities_user on identities (user_id);

create table sso_attempts (
  browser_hash bytea primary key,
  purpose text collate "C" not null check (purpose in ('sign_in', 'link', 'proof')),
  issuer text collate "C" not null,
  state text collate "C" not null,
  nonce text collate "C" not null,
  verifier text collate "C" not null,
  back text collate "C" not null,
  user_id bigint references users (id) on delete cascade,
  created_at bigint not null
);
