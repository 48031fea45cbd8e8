-- Fields that the company added to its parties, and their values: a number or yes and no in `num`, a text or a choice in
-- `text`, a day in `day`.
create table custom_fields (
  id integer primary key,
  name text not null,
  fold text not null,
  kind text not null check (kind in ('text', 'number', 'day', 'flag', 'choice')),
  choices text not null,
  position integer not null,
  revision integer not null,
  created_at integer not null
) strict;
create unique index custom_fields_fold on custom_fields (fold);

create table party_fields (
  party integer not null references parties (id),
  field integer not null references custom_fields (id),
  num real,
  text text,
  day integer,
  at integer not null,
  primary key (party, field)
) strict, without rowid;
create index party_fields_num on party_fields (field, num) where num is not null;
create index party_fields_text on party_fields (field, text) where text is not null;
create index party_fields_day on party_fields (field, day) where day is not null;

-- Postal addresses.
create table addresses (
  id integer primary key,
  party integer not null references parties (id),
  label text,
  country text not null,
  postal_code text,
  line1 text not null,
  line2 text,
  changed_at integer not null
) strict;
create index addresses_party on addresses (party);

-- Birthdays, by the sun or by the moon (음력), with the day of the next one.
create table birthdays (
  party integer primary key references parties (id),
  calendar text not null check (calendar in ('solar', 'lunar')),
  year integer,
  month integer not null,
  day integer not null,
  leap integer not null,
  next_day integer not null,
  -- The day on which they turn 14, where their year is known: until then a guardian answers for them.
  of_age_on integer,
  at integer not null
) strict;
create index birthdays_next on birthdays (next_day, party);
