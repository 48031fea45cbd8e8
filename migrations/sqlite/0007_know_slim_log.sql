-- An order is found through its lines: the log's index on the party need not name each of them again. It lies at random
-- places, and an import would write nearly a page of it for each line.
drop index interactions_party;
create index interactions_party on interactions (party, at, seq) where party is not null and kind <> 'order.added';
