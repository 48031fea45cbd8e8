-- VIP tiers: the versions of their rules.
create table vip_rules (
  version bigint primary key,
  rules text collate "C" not null,
  at bigint not null,
  by_user bigint,
  by_name text collate "C" not null
);

-- Who has which tier, and who will lose it when.
create table vip_members (
  party bigint primary key references parties (id),
  tier text collate "C",
  score bigint,
  since bigint not null,
  falls_to text collate "C",
  falls_on bigint
);
create index vip_members_tier on vip_members (tier, party) where tier is not null;
create index vip_members_falls on vip_members (falls_on) where falls_on is not null;

-- Who keeps a tier whatever the score says, because somebody granted it.
create table vip_grants (
  party bigint primary key references parties (id),
  tier text collate "C" not null,
  reason text collate "C" not null,
  until bigint,
  by_user bigint,
  by_name text collate "C" not null,
  at bigint not null
);

-- The dated history of tiers.
create table vip_moves (
  id bigint primary key,
  party bigint not null references parties (id),
  from_tier text collate "C",
  to_tier text collate "C",
  day bigint not null,
  cause text collate "C" not null check (cause in ('score', 'time', 'rules', 'grant')),
  version bigint not null,
  at bigint not null
);
create index vip_moves_party on vip_moves (party, id);
