-- What the company would like to know of its customers; `place` is the worth of a question, lower is asked first.
create table questions (
  id bigint primary key,
  title text collate "C" not null,
  choices jsonb not null,
  topic text collate "C",
  place bigint not null,
  created_at bigint not null,
  closed_at bigint
);

-- What customers said they want or like. The newest of a topic, and of a question, counts.
create table declared_facts (
  id bigint primary key,
  party bigint not null references parties (id),
  topic text collate "C",
  question bigint,
  value text collate "C" not null,
  said_by text collate "C" not null check (said_by in ('staff', 'member')),
  by_name text collate "C",
  at bigint not null
);
create index declared_facts_party on declared_facts (party, at);
create index declared_facts_question on declared_facts (question, party) where question is not null;
create index declared_facts_topic on declared_facts (topic, value) where topic is not null;

-- Who was asked what on which day: at most one question a day.
create table question_asks (
  party bigint not null references parties (id),
  question bigint not null,
  day bigint not null,
  primary key (party, day, question)
);

-- What was suggested for a customer and done or not done: it rests for a while then.
create table suggestion_outcomes (
  id bigint primary key,
  party bigint not null references parties (id),
  kind text collate "C" not null,
  outcome text collate "C" not null check (outcome in ('done', 'not_done')),
  day bigint not null,
  at bigint not null,
  by_name text collate "C" not null
);
create index suggestion_outcomes_party on suggestion_outcomes (party, day);
