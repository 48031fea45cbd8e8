-- Pairs of parties that one record spoke of as one, the older one first.
create table merge_proposals (
  id integer primary key,
  party integer not null references parties (id),
  other integer not null references parties (id),
  reason text not null check (reason in ('source_id', 'email', 'phone')),
  evidence text not null,
  state text not null check (state in ('open', 'dismissed')),
  import_id integer,
  created_at integer not null,
  decided_at integer,
  decided_by integer
) strict;
create unique index merge_proposals_pair on merge_proposals (party, other);
create index merge_proposals_other on merge_proposals (other);
create index merge_proposals_state on merge_proposals (state, id);

-- The bytes of the file, by which it is known again under any name; null in imports from before.
alter table imports add column content_hash text;
create index imports_content on imports (content_hash) where content_hash is not null;
