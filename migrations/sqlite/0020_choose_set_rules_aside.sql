-- A rule that the engine cannot answer is set aside with its error.
alter table segments add column failure text;
alter table segments add column failed_at integer;
