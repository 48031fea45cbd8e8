//! Everyone's order days in one block of memory: what the leak, the report and the models are computed from.
//!
//! Invariants:
//! - Days of one person are ascending and each once, as [`know::facts::History`] makes them.
//! - Whether the block is read from facts or from order rows as of a day, the same history gives the same person.
//! - Four bytes a day and forty a person: a million people with ten million order days take about 80 MB.

mod read;

pub use read::{as_of, from_facts, refund_days};

use kernel::{Currency, Day, Id, kinds};
use know::facts::OrderDay;

/// The id of a customer.
pub type PartyId = Id<kinds::Party>;

/// Everyone with their order days.
#[derive(Debug, Clone, Default)]
pub struct Population {
    people: Vec<Entry>,
    days: Vec<i32>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    party: PartyId,
    /// Where the days end in the block; they begin where those of the person before end.
    end: usize,
    currency: Option<Currency>,
    repeat_days: u32,
    repeat_net: i64,
}

/// One person of a [`Population`].
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// Who.
    pub party: PartyId,
    /// The currency of most of their orders.
    pub currency: Option<Currency>,
    /// Order days after the first on which they bought in it.
    pub repeat_days: u32,
    /// What they spent in it on these days, in minor units.
    pub repeat_net: i64,
    days: &'a [i32],
}

impl Population {
    /// Adds a person with their order days, ascending.
    pub fn push(&mut self, party: PartyId, currency: Option<Currency>, days: &[OrderDay]) {
        // Days are kept as i32 in facts as well: the year 5,881,580 is far away.
        self.days.extend(days.iter().map(|day| i32::try_from(day.day.epoch()).unwrap_or(i32::MAX)));
        // A day of another currency is an order day, but says nothing of what an order in this one is worth.
        let repeat = || days.iter().skip(1).filter(|day| day.own);
        let (repeat_days, repeat_net) = (repeat().count(), repeat().map(|day| day.net).sum());
        let repeat_days = u32::try_from(repeat_days).unwrap_or(u32::MAX);
        self.people.push(Entry { party, end: self.days.len(), currency, repeat_days, repeat_net });
    }

    /// How many people.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// The person at `index`, below [`Population::len`].
    pub fn person(&self, index: usize) -> Person<'_> {
        let Entry { party, end, currency, repeat_days, repeat_net } = self.people[index];
        let start = index.checked_sub(1).map_or(0, |before| self.people[before].end);
        Person { party, currency, repeat_days, repeat_net, days: &self.days[start..end] }
    }

    /// Everyone, one after another.
    pub fn people(&self) -> impl Iterator<Item = Person<'_>> {
        (0..self.len()).map(|index| self.person(index))
    }

    /// The first order day of all.
    pub fn first_day(&self) -> Option<Day> {
        self.people().filter_map(|person| person.first_day()).min()
    }
}

impl Person<'_> {
    /// The order days, ascending.
    pub fn days(&self) -> impl DoubleEndedIterator<Item = Day> + ExactSizeIterator {
        self.days.iter().map(|day| Day::from_epoch(i64::from(*day)))
    }

    /// Days between one order day and the next, each with the day that ends it.
    pub fn gaps(&self) -> impl Iterator<Item = (Day, i64)> {
        self.days.windows(2).map(|pair| (Day::from_epoch(i64::from(pair[1])), i64::from(pair[1] - pair[0])))
    }

    /// The first order day.
    pub fn first_day(&self) -> Option<Day> {
        self.days().next()
    }

    /// The history in the models' terms as of a day on or after the last order: x, t_x and T in days.
    pub fn history(&self, as_of: Day) -> Option<(u32, u32, u32)> {
        let (first, last) = (self.first_day()?, self.days().next_back()?);
        let length = |days: i64| u32::try_from(days).ok();
        Some((
            u32::try_from(self.days.len()).ok()? - 1,
            length(last.since(first))?,
            length(as_of.since(first))?,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_keep_their_own_days() {
        let day = |day: i64, net: i64| OrderDay { day: Day::from_epoch(day), net, own: true };
        let mut population = Population::default();
        population.push(1.into(), Some(Currency::KRW), &[day(10, 5), day(17, 7), day(40, 9)]);
        population.push(2.into(), None, &[]);
        population.push(3.into(), Some(Currency::USD), &[day(20, 1)]);
        let dollars = OrderDay { own: false, ..day(30, 0) };
        population.push(4.into(), Some(Currency::KRW), &[day(20, 5), dollars, day(40, 8)]);
        let mixed = population.person(3);
        assert_eq!((mixed.repeat_days, mixed.repeat_net, mixed.days().len()), (1, 8, 3));
        let [one, two, three] = [0, 1, 2].map(|index| population.person(index));
        assert_eq!((one.party, one.repeat_days, one.repeat_net), (1.into(), 2, 16));
        assert_eq!(one.gaps().map(|(day, gap)| (day.epoch(), gap)).collect::<Vec<_>>(), [(17, 7), (40, 23)]);
        assert_eq!(one.history(Day::from_epoch(50)), Some((2, 30, 40)));
        assert_eq!(two.history(Day::from_epoch(50)), None);
        assert_eq!(three.history(Day::from_epoch(50)), Some((0, 0, 30)));
        assert_eq!(three.history(Day::from_epoch(19)), None, "an order dated ahead is no history");
        assert_eq!(population.first_day(), Some(Day::from_epoch(10)));
    }
}
