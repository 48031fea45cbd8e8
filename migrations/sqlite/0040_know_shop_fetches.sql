-- Shops that are asked: SmartStore, which tells nothing by itself, and Cafe24, which loses what it tells. A check cannot be
-- changed, so the tables are made anew, those that refer to shops among them.
create table shops_next (
  id integer primary key,
  kind text not null check (kind in ('shopify', 'woocommerce', 'stripe', 'square', 'cafe24', 'smartstore')),
  name text not null,
  account text not null,
  token text not null unique,
  secret blob,
  former_secret blob,
  former_until integer,
  created_at integer not null,
  unique (kind, account)
) strict;
insert into shops_next (id, kind, name, account, token, secret, former_secret, former_until, created_at)
select id, kind, name, account, token, secret, former_secret, former_until, created_at from shops;

-- How it was heard what a shop told: it delivered it, it was asked, or it was asked and should have delivered it.
create table shop_deliveries_next (
  id integer primary key,
  shop integer not null references shops_next (id),
  event text not null,
  topic text not null,
  body text,
  received_at integer not null,
  state text not null check (state in ('waiting', 'applied', 'nothing', 'failed')),
  tries integer not null,
  outcome text,
  object text,
  party integer references parties (id),
  settled_at integer,
  heard text not null default 'told' check (heard in ('told', 'fetched', 'missed')),
  unique (shop, event)
) strict;
insert into shop_deliveries_next
  (id, shop, event, topic, body, received_at, state, tries, outcome, object, party, settled_at)
select id, shop, event, topic, body, received_at, state, tries, outcome, object, party, settled_at
from shop_deliveries;

create table shop_objects_next (
  shop integer not null references shops_next (id),
  object text not null,
  version integer not null,
  party integer references parties (id),
  primary key (shop, object)
) strict, without rowid;
insert into shop_objects_next (shop, object, version, party) select shop, object, version, party from shop_objects;

drop table shop_deliveries;
drop table shop_objects;
drop table shops;
alter table shops_next rename to shops;
alter table shop_deliveries_next rename to shop_deliveries;
alter table shop_objects_next rename to shop_objects;
create index shop_deliveries_shop on shop_deliveries (shop, id);
create index shop_deliveries_waiting on shop_deliveries (shop, id) where state = 'waiting';
create index shop_deliveries_failed on shop_deliveries (shop, id) where state = 'failed';
create index shop_deliveries_party on shop_deliveries (party) where party is not null;
create index shop_deliveries_kept on shop_deliveries (received_at) where body is not null;
create index shop_objects_party on shop_objects (party) where party is not null;

-- How a shop is asked, until when (`cursor`) that was done, and how it went last.
create table shop_fetches (
  shop integer primary key references shops (id),
  state text not null check (state in ('on', 'off')),
  base text not null,
  token_path text not null,
  list_path text not null,
  detail_path text not null,
  page_limit integer not null,
  every_minutes integer not null,
  back_days integer not null,
  client_id text not null,
  client_secret blob,
  refresh_token blob,
  cursor integer,
  tried_at integer,
  fetched_at integer,
  fault text,
  failures integer not null,
  missed integer not null,
  missed_last integer not null
) strict;
