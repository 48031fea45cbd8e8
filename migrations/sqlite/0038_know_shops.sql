-- Shops that tell by themselves. `token` is the secret part of the path at which one delivers; the secrets are those by
-- which its deliveries are signed, the former one until `former_until`.
create table shops (
  id integer primary key,
  kind text not null check (kind in ('shopify', 'woocommerce', 'stripe', 'square', 'cafe24')),
  name text not null,
  account text not null,
  token text not null unique,
  secret blob,
  former_secret blob,
  former_until integer,
  created_at integer not null,
  unique (kind, account)
) strict;

-- What a shop told, as it was told, until it is too old to be asked for again. `event` is the shop's own name of it.
create table shop_deliveries (
  id integer primary key,
  shop integer not null references shops (id),
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
  unique (shop, event)
) strict;
create index shop_deliveries_shop on shop_deliveries (shop, id);
create index shop_deliveries_waiting on shop_deliveries (shop, id) where state = 'waiting';
create index shop_deliveries_failed on shop_deliveries (shop, id) where state = 'failed';
create index shop_deliveries_party on shop_deliveries (party) where party is not null;
create index shop_deliveries_kept on shop_deliveries (received_at) where body is not null;

-- The newest version of each thing that a shop told of: what is older and comes later changes nothing.
create table shop_objects (
  shop integer not null references shops (id),
  object text not null,
  version integer not null,
  party integer references parties (id),
  primary key (shop, object)
) strict, without rowid;
create index shop_objects_party on shop_objects (party) where party is not null;
