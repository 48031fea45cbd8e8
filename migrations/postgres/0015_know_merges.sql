-- Which records were merged, by whom, and what both sides said before, so that it can be taken back byte for byte.
create table merges (
  id bigint primary key,
  survivor bigint not null references parties (id),
  absorbed bigint not null references parties (id),
  before jsonb not null,
  named text collate "C",
  merged_at bigint not null,
  merged_by bigint,
  merged_by_name text collate "C" not null,
  undone_at bigint,
  undone_by bigint,
  undone_by_name text collate "C"
);
create unique index merges_standing on merges (absorbed) where undone_at is null;
create index merges_survivor on merges (survivor);

-- Who stands for a party that was merged into another one; nobody who stands for themselves.
create table party_root (
  party bigint primary key references parties (id),
  root bigint not null references parties (id)
);
create index party_root_members on party_root (root, party);

-- Proposals get a score, may wait, and know the merge that settled them.
alter table merge_proposals drop constraint merge_proposals_reason_check;
alter table merge_proposals add constraint merge_proposals_reason_check check (reason in ('source_id', 'email', 'phone', 'likeness'));
alter table merge_proposals drop constraint merge_proposals_state_check;
alter table merge_proposals add constraint merge_proposals_state_check check (state in ('open', 'dismissed', 'merged'));
alter table merge_proposals add column score bigint not null default 50;
alter table merge_proposals alter column score drop default;
alter table merge_proposals add column waits_until bigint;
alter table merge_proposals add column merge_id bigint;
drop index merge_proposals_state;
create index merge_proposals_state on merge_proposals (state, score, id);
