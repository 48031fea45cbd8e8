-- What people and programs judge of a customer: amounts a year, scores from 0 to 10, evidence of promotion.
create table assessments (
  id integer primary key,
  party integer not null references parties (id),
  input text not null,
  value integer not null,
  currency text,
  day integer not null,
  source text not null,
  note text not null,
  author integer,
  author_name text not null,
  -- The name of the event that told it, where a program did.
  told text,
  at integer not null,
  deleted_at integer
) strict;
create index assessments_party on assessments (party, input, day) where deleted_at is null;
create unique index assessments_told on assessments (source, told) where told is not null;

-- Derived: what a relationship is worth, of those about whom something was judged or decided.
create table worth (
  party integer primary key,
  currency text not null,
  margin integer,
  cost integer,
  profit integer,
  quality integer,
  cell text,
  will integer,
  behaviour integer,
  promotion integer,
  is_true integer not null,
  is_key integer not null
) strict;
create index worth_quality on worth (quality, party) where quality is not null;

-- Who was made a key account, or is none any more, and why.
create table account_decisions (
  id integer primary key,
  party integer not null references parties (id),
  decision text not null check (decision in ('approved', 'removed')),
  reason text not null,
  score real,
  place integer,
  at integer not null,
  by_user integer,
  by_name text not null
) strict;
create index account_decisions_party on account_decisions (party, id);

-- Those left out of a selection, with what was expected of them then, a month.
create table account_watch (
  party integer primary key references parties (id),
  forecast integer not null,
  currency text not null,
  basis text not null check (basis in ('stated', 'model', 'trend')),
  since integer not null,
  at integer not null
) strict;
