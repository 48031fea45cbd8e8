-- Which records were merged, by whom, and what both sides said before, so that it can be taken back byte for byte.
create table merges (
  id integer primary key,
  survivor integer not null references parties (id),
  absorbed integer not null references parties (id),
  before text not null,
  named text,
  merged_at integer not null,
  merged_by integer,
  merged_by_name text not null,
  undone_at integer,
  undone_by integer,
  undone_by_name text
) strict;
create unique index merges_standing on merges (absorbed) where undone_at is null;
create index merges_survivor on merges (survivor);

-- Who stands for a party that was merged into another one; nobody who stands for themselves.
create table party_root (
  party integer primary key references parties (id),
  root integer not null references parties (id)
) strict;
create index party_root_members on party_root (root, party);

-- Proposals get a score, may wait, and know the merge that settled them.
create table merge_proposals_next (
  id integer primary key,
  party integer not null references parties (id),
  other integer not null references parties (id),
  reason text not null check (reason in ('source_id', 'email', 'phone', 'likeness')),
  evidence text not null,
  score integer not null,
  state text not null check (state in ('open', 'dismissed', 'merged')),
  waits_until integer,
  merge_id integer,
  import_id integer,
  created_at integer not null,
  decided_at integer,
  decided_by integer
) strict;
insert into merge_proposals_next (id, party, other, reason, evidence, score, state, import_id, created_at, decided_at, decided_by)
select id, party, other, reason, evidence, 50, state, import_id, created_at, decided_at, decided_by from merge_proposals;
drop table merge_proposals;
alter table merge_proposals_next rename to merge_proposals;
create unique index merge_proposals_pair on merge_proposals (party, other);
create index merge_proposals_other on merge_proposals (other);
create index merge_proposals_state on merge_proposals (state, score, id);
