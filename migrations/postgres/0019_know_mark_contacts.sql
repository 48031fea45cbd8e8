-- Which import told of a contact first: its undo takes it back from people whom others brought.
alter table contacts add column import_id bigint;
