-- What people and programs judge of a customer: amounts a year, scores from 0 to 10, evidence of promotion.
create table assessments (
  id bigint primary key,
  party bigint not null references parties (id),
  input text collate "C" not null,
  value bigint not null,
  currency text collate "C",
  day bigint not null,
  source text collate "C" not null,
  note text collate "C" not null,
  author bigint,
  author_name text collate "C" not null,
  -- The name of the event that told it, where a program did.
  told text collate "C",
  at bigint not null,
  deleted_at bigint
);
create index assessments_party on assessments (party, input, day) where deleted_at is null;
create unique index assessments_told on assessments (source, told) where told is not null;

-- Derived: what a relationship is worth, of those about whom something was judged or decided.
create table worth (
  party bigint primary key,
  currency text collate "C" not null,
  margin bigint,
  cost bigint,
  profit bigint,
  quality bigint,
  cell text collate "C",
  will boolean,
  behaviour boolean,
  promotion boolean,
  is_true boolean not null,
  is_key boolean not null
);
create index worth_quality on worth (quality, party) where quality is not null;

-- Who was made a key account, or is none any more, and why.
create table account_decisions (
  id bigint primary key,
  party bigint not null references parties (id),
  decision text collate "C" not null check (decision in ('approved', 'removed')),
  reason text collate "C" not null,
  score double precision,
  place bigint,
  at bigint not null,
  by_user bigint,
  by_name text collate "C" not null
);
create index account_decisions_party on account_decisions (party, id);

-- Those left out of a selection, with what was expected of them then, a month.
create table account_watch (
  party bigint primary key references parties (id),
  forecast bigint not null,
  currency text collate "C" not null,
  basis text collate "C" not null check (basis in ('stated', 'model', 'trend')),
  since bigint not null,
  at bigint not null
);
