-- Contacts given by somebody who could not vouch for whose they are: whoever came by a link, or staff who see contacts in
-- part alone. A code sent there says who reads it, and not that it is the customer.
alter table contacts add column unvouched integer not null default 0;
