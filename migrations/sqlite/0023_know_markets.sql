-- The registration number of a company.
alter table parties add column registration text;
create index parties_registration on parties (registration) where registration is not null;

-- Tags: words that staff put on parties.
create table tags (
  name text primary key,
  fold text not null,
  created_at integer not null
) strict;
create unique index tags_fold on tags (fold);

create table party_tags (
  party integer not null references parties (id),
  tag text not null references tags (name),
  at integer not null,
  primary key (party, tag)
) strict, without rowid;
create index party_tags_tag on party_tags (tag, party);

-- The markets a party belongs to. A row whose detail is empty says that it does; further rows say as what.
create table party_markets (
  party integer not null references parties (id),
  market text not null,
  detail text not null,
  at integer not null,
  primary key (party, market, detail)
) strict, without rowid;
create index party_markets_market on party_markets (market, party);

-- How much each market matters and how much is done for it, 0 to 10, and where its plan is.
create table markets (
  market text primary key,
  importance integer,
  emphasis integer,
  plan text,
  revision integer not null,
  changed_at integer not null,
  changed_by_name text not null
) strict;
