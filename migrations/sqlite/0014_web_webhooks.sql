-- Webhooks, and which rows of the outbox are deliveries to them.
create table webhooks (
  id integer primary key,
  url text not null,
  secret blob not null,
  kinds text not null,
  active integer not null,
  created_at integer not null
) strict;

create table webhook_deliveries (
  delivery integer primary key,
  hook integer not null,
  message text not null,
  kind text not null,
  payload text not null
) strict;
create index webhook_deliveries_hook on webhook_deliveries (hook, delivery);
