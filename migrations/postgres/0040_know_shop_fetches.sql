-- Shops that are asked: SmartStore, which tells nothing by itself, and Cafe24, which loses what it tells.
alter table shops drop constraint shops_kind_check;
alter table shops add constraint shops_kind_check
  check (kind in ('shopify', 'woocommerce', 'stripe', 'square', 'cafe24', 'smartstore'));

-- How it was heard what a shop told: it delivered it, it was asked, or it was asked and should have delivered it.
alter table shop_deliveries add column heard text collate "C" not null default 'told'
  check (heard in ('told', 'fetched', 'missed'));

-- How a shop is asked, until when (`cursor`) that was done, and how it went last.
create table shop_fetches (
  shop bigint primary key references shops (id),
  state text collate "C" not null check (state in ('on', 'off')),
  base text collate "C" not null,
  token_path text collate "C" not null,
  list_path text collate "C" not null,
  detail_path text collate "C" not null,
  page_limit bigint not null,
  every_minutes bigint not null,
  back_days bigint not null,
  client_id text collate "C" not null,
  client_secret bytea,
  refresh_token bytea,
  cursor bigint,
  tried_at bigint,
  fetched_at bigint,
  fault text collate "C",
  failures bigint not null,
  missed bigint not null,
  missed_last bigint not null
);
