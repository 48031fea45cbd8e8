-- The registration number of a company.
alter table parties add column registration text collate "C";
create index parties_registration on parties (registration) where registration is not null;

-- Tags: words that staff put on parties.
create table tags (
  name text collate "C" primary key,
  fold text collate "C" not null,
  created_at bigint not null
);
create unique index tags_fold on tags (fold);

create table party_tags (
  party bigint not null references parties (id),
  tag text collate "C" not null references tags (name),
  at bigint not null,
  primary key (party, tag)
);
create index party_tags_tag on party_tags (tag, party);

-- The markets a party belongs to. A row whose detail is empty says that it does; further rows say as what.
create table party_markets (
  party bigint not null references parties (id),
  market text collate "C" not null,
  detail text collate "C" not null,
  at bigint not null,
  primary key (party, market, detail)
);
create index party_markets_market on party_markets (market, party);

-- How much each market matters and how much is done for it, 0 to 10, and where its plan is.
create table markets (
  market text collate "C" primary key,
  importance bigint,
  emphasis bigint,
  plan text collate "C",
  revision bigint not null,
  changed_at bigint not null,
  changed_by_name text collate "C" not null
);
