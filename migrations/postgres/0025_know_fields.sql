-- Fields that the company added to its parties, and their values: a number or yes and no in `num`, a text or a choice in
-- `text`, a day in `day`.
create table custom_fields (
  id bigint primary key,
  name text collate "C" not null,
  fold text collate "C" not null,
  kind text collate "C" not null check (kind in ('text', 'number', 'day', 'flag', 'choice')),
  choices jsonb not null,
  position bigint not null,
  revision bigint not null,
  created_at bigint not null
);
create unique index custom_fields_fold on custom_fields (fold);

create table party_fields (
  party bigint not null references parties (id),
  field bigint not null references custom_fields (id),
  num double precision,
  text text collate "C",
  day bigint,
  at bigint not null,
  primary key (party, field)
);
create index party_fields_num on party_fields (field, num) where num is not null;
create index party_fields_text on party_fields (field, text) where text is not null;
create index party_fields_day on party_fields (field, day) where day is not null;

-- Postal addresses.
create table addresses (
  id bigint primary key,
  party bigint not null references parties (id),
  label text collate "C",
  country text collate "C" not null,
  postal_code text collate "C",
  line1 text collate "C" not null,
  line2 text collate "C",
  changed_at bigint not null
);
create index addresses_party on addresses (party);

-- Birthdays, by the sun or by the moon (음력), with the day of the next one.
create table birthdays (
  party bigint primary key references parties (id),
  calendar text collate "C" not null check (calendar in ('solar', 'lunar')),
  year bigint,
  month bigint not null,
  day bigint not null,
  leap bigint not null,
  next_day bigint not null,
  -- The day on which they turn 14, where their year is known: until then a guardian answers for them.
  of_age_on bigint,
  at bigint not null
);
create index birthdays_next on birthdays (next_day, party);
