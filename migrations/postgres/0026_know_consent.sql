-- What people allowed: the words that were shown, by version; every statement, for ever; and what follows from them.
create table consent_wordings (
  id bigint primary key,
  purpose text collate "C" not null check (purpose in ('ad', 'night_ad', 'third_party')),
  version bigint not null,
  statements jsonb not null,
  text_ko text collate "C" not null,
  text_en text collate "C" not null,
  published_at bigint not null,
  published_by bigint
);
create unique index consent_wordings_version on consent_wordings (purpose, version);

create table consent_topics (
  code text collate "C" primary key,
  name_ko text collate "C" not null,
  name_en text collate "C" not null,
  place bigint not null,
  active boolean not null
);

create table consents (
  id bigint primary key,
  party bigint not null references parties (id),
  channel text collate "C" not null check (channel in ('email', 'sms', 'kakao', 'call', 'push', 'post')),
  purpose text collate "C" not null check (purpose in ('ad', 'night_ad', 'third_party')),
  topic text collate "C" not null,
  state text collate "C" not null check (state in ('given', 'refused', 'withdrawn', 'reconfirmed', 'expired', 'unverified')),
  at bigint not null,
  shown_at text collate "C" not null,
  recorded_at bigint not null,
  source text collate "C" not null,
  basis text collate "C" check (basis in ('consent', 'transaction', 'soft_opt_in', 'attested')),
  wording bigint references consent_wordings (id),
  locale text collate "C" not null,
  evidence jsonb not null,
  import_id bigint,
  recorded_by bigint
);
create index consents_party on consents (party, id);
create index consents_unverified on consents (source, import_id, channel, party) where state = 'unverified';

-- Whose statements may be deleted: those who are erased.
create table consent_erasures (
  party bigint primary key,
  at bigint not null
);

create or replace function consents_stay() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and exists (select 1 from consent_erasures e where e.party = old.party) then
    return old;
  end if;
  raise exception 'statements of consent are never changed or deleted' using errcode = 'restrict_violation';
end $$;
create trigger consents_are_never_changed before update or delete on consents
  for each row execute function consents_stay();

-- What stands now, for whoever stands for a person. Made anew from the statements at any time.
create table consent_states (
  party bigint not null references parties (id),
  channel text collate "C" not null,
  purpose text collate "C" not null,
  topic text collate "C" not null,
  state text collate "C" not null,
  since bigint not null,
  consent bigint not null,
  basis text collate "C",
  reconfirm_on bigint,
  primary key (party, channel, purpose, topic)
);
create index consent_states_who on consent_states (purpose, channel, topic, state, party);
create index consent_states_reconfirm on consent_states (reconfirm_on);

-- Notices that the law asks for: that a statement was taken in, and that a consent still stands.
create table consent_notices (
  id bigint primary key,
  party bigint not null references parties (id),
  kind text collate "C" not null check (kind in ('result', 'reconfirm')),
  consent bigint not null,
  channel text collate "C" not null,
  purpose text collate "C" not null,
  state text collate "C" not null,
  said_at bigint not null,
  due_on bigint not null,
  alarm_on bigint not null,
  outgoing bigint,
  told_at bigint,
  told_by bigint,
  created_at bigint not null
);
create unique index consent_notices_once on consent_notices (consent, kind, due_on);
create index consent_notices_party on consent_notices (party, kind);
create index consent_notices_open on consent_notices (alarm_on, id) where told_at is null;

-- Rules of law by the day they are in force.
create table rules (
  id bigint primary key,
  jurisdiction text collate "C" not null,
  rule text collate "C" not null,
  parameters jsonb not null,
  effective_from bigint not null,
  effective_to bigint,
  basis text collate "C" not null,
  note text collate "C" not null,
  created_at bigint not null,
  created_by bigint
);
create unique index rules_from on rules (jurisdiction, rule, effective_from);

insert into rules (id, jurisdiction, rule, parameters, effective_from, basis, note, created_at) values
  (1, 'kr', 'notice', '{"days": 14, "alarm_day": 10}', 16403, '정보통신망법 제50조 제7항, 시행령 제62조의2', 'K10', 0),
  (2, 'kr', 'reconfirm', '{"years": 2, "lead_days": 30}', 16403, '정보통신망법 제50조 제8항, 시행령 제62조의3', 'K11', 0),
  (3, 'kr', 'lint', '{"words": ["할인", "쿠폰", "이벤트", "특가", "증정"]}', 16403, '정보통신망법 제50조', 'K10, K14', 0);
