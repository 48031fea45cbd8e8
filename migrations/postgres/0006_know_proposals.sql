-- Pairs of parties that one record spoke of as one, the older one first.
create table merge_proposals (
  id bigint primary key,
  party bigint not null references parties (id),
  other bigint not null references parties (id),
  reason text collate "C" not null check (reason in ('source_id', 'email', 'phone')),
  evidence jsonb not null,
  state text collate "C" not null check (state in ('open', 'dismissed')),
  import_id bigint,
  created_at bigint not null,
  decided_at bigint,
  decided_by bigint
);
create unique index merge_proposals_pair on merge_proposals (party, other);
create index merge_proposals_other on merge_proposals (other);
create index merge_proposals_state on merge_proposals (state, id);

-- The bytes of the file, by which it is known again under any name; null in imports from before.
alter table imports add column content_hash text collate "C";
create index imports_content on imports (content_hash) where content_hash is not null;
