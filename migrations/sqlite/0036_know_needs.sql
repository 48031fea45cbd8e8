-- What the company would like to know of its customers; `place` is the worth of a question, lower is asked first.
create table questions (
  id integer primary key,
  title text not null,
  choices text not null,
  topic text,
  place integer not null,
  created_at integer not null,
  closed_at integer
) strict;

-- What customers said they want or like. The newest of a topic, and of a question, counts.
create table declared_facts (
  id integer primary key,
  party integer not null references parties (id),
  topic text,
  question integer,
  value text not null,
  said_by text not null check (said_by in ('staff', 'member')),
  by_name text,
  at integer not null
) strict;
create index declared_facts_party on declared_facts (party, at);
create index declared_facts_question on declared_facts (question, party) where question is not null;
create index declared_facts_topic on declared_facts (topic, value) where topic is not null;

-- Who was asked what on which day: at most one question a day.
create table question_asks (
  party integer not null references parties (id),
  question integer not null,
  day integer not null,
  primary key (party, day, question)
) strict, without rowid;

-- What was suggested for a customer and done or not done: it rests for a while then.
create table suggestion_outcomes (
  id integer primary key,
  party integer not null references parties (id),
  kind text not null,
  outcome text not null check (outcome in ('done', 'not_done')),
  day integer not null,
  at integer not null,
  by_name text not null
) strict;
create index suggestion_outcomes_party on suggestion_outcomes (party, day);
