-- The audit log as a chain: which row follows which, the hash of everything up to it, and its signed end.
create table audit_pending (entry bigint primary key);
insert into audit_pending (entry) select id from audit;

create table audit_chain (
  place bigint primary key,
  entry bigint not null,
  hash bytea not null
);
create unique index audit_chain_entry on audit_chain (entry);

create table audit_head (
  id bigint primary key check (id = 1),
  place bigint not null,
  hash bytea not null,
  at bigint not null,
  public_key bytea not null,
  signature bytea not null
);
insert into audit_head (id, place, hash, at, public_key, signature) values (1, 0, '', 0, '', '');
