-- Webhooks, and which rows of the outbox are deliveries to them.
create table webhooks (
  id bigint primary key,
  url text collate "C" not null,
  secret bytea not null,
  kinds text collate "C" not null,
  active boolean not null,
  created_at bigint not null
);

create table webhook_deliveries (
  delivery bigint primary key,
  hook bigint not null,
  message text collate "C" not null,
  kind text collate "C" not null,
  payload text collate "C" not null
);
create index webhook_deliveries_hook on webhook_deliveries (hook, delivery);
