-- VIP tiers: the versions of their rules.
create table vip_rules (
  version integer primary key,
  rules text not null,
  at integer not null,
  by_user integer,
  by_name text not null
) strict;

-- Who has which tier, and who will lose it when.
create table vip_members (
  party integer primary key references parties (id),
  tier text,
  score integer,
  since integer not null,
  falls_to text,
  falls_on integer
) strict;
create index vip_members_tier on vip_members (tier, party) where tier is not null;
create index vip_members_falls on vip_members (falls_on) where falls_on is not null;

-- Who keeps a tier whatever the score says, because somebody granted it.
create table vip_grants (
  party integer primary key references parties (id),
  tier text not null,
  reason text not null,
  until integer,
  by_user integer,
  by_name text not null,
  at integer not null
) strict;

-- The dated history of tiers.
create table vip_moves (
  id integer primary key,
  party integer not null references parties (id),
  from_tier text,
  to_tier text,
  day integer not null,
  cause text not null check (cause in ('score', 'time', 'rules', 'grant')),
  version integer not null,
  at integer not null
) strict;
create index vip_moves_party on vip_moves (party, id);
