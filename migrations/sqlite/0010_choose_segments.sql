-- Segments: who, as a rule with its versions, the people it means now, and those set in or out by hand.
create table segments (
  id integer primary key,
  name text not null,
  folder text not null,
  kind text not null check (kind in ('rule', 'static')),
  rule text not null,
  version integer not null,
  revision integer not null,
  -- The version its members were last built by; null before the first.
  built integer,
  built_at integer,
  size integer,
  heard integer not null,
  created_at integer not null,
  changed_at integer not null,
  deleted_at integer
) strict;
create unique index segments_name on segments (name) where deleted_at is null;

create table segment_versions (
  segment integer not null references segments (id),
  version integer not null,
  rule text not null,
  at integer not null,
  by_name text not null,
  primary key (segment, version)
) strict;

-- Derived: who a segment means now; may be dropped and rebuilt.
create table segment_members (
  segment integer not null,
  party integer not null,
  since integer not null,
  primary key (segment, party)
) strict, without rowid;
create index segment_members_party on segment_members (party, segment);

-- Those whom people set in or out, whatever the rule says.
create table segment_hands (
  segment integer not null references segments (id),
  party integer not null,
  side text not null check (side in ('in', 'out')),
  at integer not null,
  primary key (segment, party)
) strict;
create index segment_hands_party on segment_hands (party);

-- How large a segment was at the end of each day.
create table segment_sizes (
  segment integer not null,
  day integer not null,
  size integer not null,
  primary key (segment, day)
) strict, without rowid;
