-- Shops that tell by themselves. `token` is the secret part of the path at which one delivers; the secrets are those by
-- which its deliveries are signed, the former one until `former_until`.
create table shops (
  id bigint primary key,
  kind text collate "C" not null check (kind in ('shopify', 'woocommerce', 'stripe', 'square', 'cafe24')),
  name text collate "C" not null,
  account text collate "C" not null,
  token text collate "C" not null unique,
  secret bytea,
  former_secret bytea,
  former_until bigint,
  created_at bigint not null,
  unique (kind, account)
);

-- What a shop told, as it was told, until it is too old to be asked for again. `event` is the shop's own name of it.
create table shop_deliveries (
  id bigint primary key,
  shop bigint not null references shops (id),
  event text collate "C" not null,
  topic text collate "C" not null,
  body text collate "C",
  received_at bigint not null,
  state text collate "C" not null check (state in ('waiting', 'applied', 'nothing', 'failed')),
  tries bigint not null,
  outcome text collate "C",
  object text collate "C",
  party bigint references parties (id),
  settled_at bigint,
  unique (shop, event)
);
create index shop_deliveries_shop on shop_deliveries (shop, id);
create index shop_deliveries_waiting on shop_deliveries (shop, id) where state = 'waiting';
create index shop_deliveries_failed on shop_deliveries (shop, id) where state = 'failed';
create index shop_deliveries_party on shop_deliveries (party) where party is not null;
create index shop_deliveries_kept on shop_deliveries (received_at) where body is not null;

-- The newest version of each thing that a shop told of: what is older and comes later changes nothing.
create table shop_objects (
  shop bigint not null references shops (id),
  object text collate "C" not null,
  version bigint not null,
  party bigint references parties (id),
  primary key (shop, object)
);
create index shop_objects_party on shop_objects (party) where party is not null;
