-- Segments: who, as a rule with its versions, the people it means now, and those set in or out by hand.
create table segments (
  id bigint primary key,
  name text collate "C" not null,
  folder text collate "C" not null,
  kind text collate "C" not null check (kind in ('rule', 'static')),
  rule jsonb not null,
  version bigint not null,
  revision bigint not null,
  -- The version its members were last built by; null before the first.
  built bigint,
  built_at bigint,
  size bigint,
  heard bigint not null,
  created_at bigint not null,
  changed_at bigint not null,
  deleted_at bigint
);
create unique index segments_name on segments (name) where deleted_at is null;

create table segment_versions (
  segment bigint not null references segments (id),
  version bigint not null,
  rule jsonb not null,
  at bigint not null,
  by_name text collate "C" not null,
  primary key (segment, version)
);

-- Derived: who a segment means now; may be dropped and rebuilt.
create table segment_members (
  segment bigint not null,
  party bigint not null,
  since bigint not null,
  primary key (segment, party)
);
create index segment_members_party on segment_members (party, segment);

-- Those whom people set in or out, whatever the rule says.
create table segment_hands (
  segment bigint not null references segments (id),
  party bigint not null,
  side text collate "C" not null check (side in ('in', 'out')),
  at bigint not null,
  primary key (segment, party)
);
create index segment_hands_party on segment_hands (party);

-- How large a segment was at the end of each day.
create table segment_sizes (
  segment bigint not null,
  day bigint not null,
  size bigint not null,
  primary key (segment, day)
);
