-- Visits of the company's website that nobody is known of: counts by day, and nothing else.
create table site_days (
  day integer not null,
  path text not null,
  source text not null,
  campaign text not null,
  pages integer not null,
  visits integer not null,
  primary key (day, path, source, campaign)
) strict, without rowid;

-- Visits of somebody who agreed to it and was signed in there. `visit` is the browser's own name of it.
create table site_visits (
  id integer primary key,
  party integer not null references parties (id),
  visit text not null,
  at integer not null,
  day integer not null,
  path text not null,
  source text not null,
  medium text not null,
  campaign text not null,
  pages integer not null,
  unique (party, visit)
) strict;
create index site_visits_party on site_visits (party, at);
create index site_visits_at on site_visits (at);
create index site_visits_day on site_visits (day);
