-- Visits of the company's website that nobody is known of: counts by day, and nothing else.
create table site_days (
  day bigint not null,
  path text collate "C" not null,
  source text collate "C" not null,
  campaign text collate "C" not null,
  pages bigint not null,
  visits bigint not null,
  primary key (day, path, source, campaign)
);

-- Visits of somebody who agreed to it and was signed in there. `visit` is the browser's own name of it.
create table site_visits (
  id bigint primary key,
  party bigint not null references parties (id),
  visit text collate "C" not null,
  at bigint not null,
  day bigint not null,
  path text collate "C" not null,
  source text collate "C" not null,
  medium text collate "C" not null,
  campaign text collate "C" not null,
  pages bigint not null,
  unique (party, visit)
);
create index site_visits_party on site_visits (party, at);
create index site_visits_at on site_visits (at);
create index site_visits_day on site_visits (day);
