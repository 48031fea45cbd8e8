-- What people allowed: the words that were shown, by version; every statement, for ever; and what follows from them.
create table consent_wordings (
  id integer primary key,
  purpose text not null check (purpose in ('ad', 'night_ad', 'third_party')),
  version integer not null,
  statements text not null,
  text_ko text not null,
  text_en text not null,
  published_at integer not null,
  published_by integer
) strict;
create unique index consent_wordings_version on consent_wordings (purpose, version);

create table consent_topics (
  code text primary key,
  name_ko text not null,
  name_en text not null,
  place integer not null,
  active integer not null
) strict;

create table consents (
  id integer primary key,
  party integer not null references parties (id),
  channel text not null check (channel in ('email', 'sms', 'kakao', 'call', 'push', 'post')),
  purpose text not null check (purpose in ('ad', 'night_ad', 'third_party')),
  topic text not null,
  state text not null check (state in ('given', 'refused', 'withdrawn', 'reconfirmed', 'expired', 'unverified')),
  at integer not null,
  shown_at text not null,
  recorded_at integer not null,
  source text not null,
  basis text check (basis in ('consent', 'transaction', 'soft_opt_in', 'attested')),
  wording integer references consent_wordings (id),
  locale text not null,
  evidence text not null,
  import_id integer,
  recorded_by integer
) strict;
create index consents_party on consents (party, id);
create index consents_unverified on consents (source, import_id, channel, party) where state = 'unverified';

-- Whose statements may be deleted: those who are erased.
create table consent_erasures (
  party integer primary key,
  at integer not null
) strict;

create trigger consents_are_never_changed before update on consents begin
  select raise(abort, 'statements of consent are never changed');
end;
create trigger consents_are_never_deleted before delete on consents
when not exists (select 1 from consent_erasures e where e.party = old.party) begin
  select raise(abort, 'statements of consent are never deleted');
end;

-- What stands now, for whoever stands for a person. Made anew from the statements at any time.
create table consent_states (
  party integer not null references parties (id),
  channel text not null,
  purpose text not null,
  topic text not null,
  state text not null,
  since integer not null,
  consent integer not null,
  basis text,
  reconfirm_on integer,
  primary key (party, channel, purpose, topic)
) strict, without rowid;
create index consent_states_who on consent_states (purpose, channel, topic, state, party);
create index consent_states_reconfirm on consent_states (reconfirm_on);

-- Notices that the law asks for: that a statement was taken in, and that a consent still stands.
create table consent_notices (
  id integer primary key,
  party integer not null references parties (id),
  kind text not null check (kind in ('result', 'reconfirm')),
  consent integer not null,
  channel text not null,
  purpose text not null,
  state text not null,
  said_at integer not null,
  due_on integer not null,
  alarm_on integer not null,
  outgoing integer,
  told_at integer,
  told_by integer,
  created_at integer not null
) strict;
create unique index consent_notices_once on consent_notices (consent, kind, due_on);
create index consent_notices_party on consent_notices (party, kind);
create index consent_notices_open on consent_notices (alarm_on, id) where told_at is null;

-- Rules of law by the day they are in force.
create table rules (
  id integer primary key,
  jurisdiction text not null,
  rule text not null,
  parameters text not null,
  effective_from integer not null,
  effective_to integer,
  basis text not null,
  note text not null,
  created_at integer not null,
  created_by integer
) strict;
create unique index rules_from on rules (jurisdiction, rule, effective_from);

insert into rules (id, jurisdiction, rule, parameters, effective_from, basis, note, created_at) values
  (1, 'kr', 'notice', '{"days": 14, "alarm_day": 10}', 16403, '정보통신망법 제50조 제7항, 시행령 제62조의2', 'K10', 0),
  (2, 'kr', 'reconfirm', '{"years": 2, "lead_days": 30}', 16403, '정보통신망법 제50조 제8항, 시행령 제62조의3', 'K11', 0),
  (3, 'kr', 'lint', '{"words": ["할인", "쿠폰", "이벤트", "특가", "증정"]}', 16403, '정보통신망법 제50조', 'K10, K14', 0);
