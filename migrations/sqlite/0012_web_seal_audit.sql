-- The audit log as a chain: which row follows which, the hash of everything up to it, and its signed end.
create table audit_pending (entry integer primary key) strict;
insert into audit_pending (entry) select id from audit;

create table audit_chain (
  place integer primary key,
  entry integer not null,
  hash blob not null
) strict;
create unique index audit_chain_entry on audit_chain (entry);

create table audit_head (
  id integer primary key check (id = 1),
  place integer not null,
  hash blob not null,
  at integer not null,
  public_key blob not null,
  signature blob not null
) strict;
insert into audit_head (id, place, hash, at, public_key, signature) values (1, 0, x'', 0, x'', x'');
