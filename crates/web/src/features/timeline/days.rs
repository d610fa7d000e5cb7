//! Messages by day, and in runs of one author.

use super::item::Item;
use sotto_web_worker::messages::{MessageId, Timestamp};
use std::time::Duration;

/// A longer silence ends a run.
const RUN: Duration = Duration::from_secs(5 * 60);

/// A day and what was written on it.
#[derive(Clone, PartialEq)]
pub struct DayRows<D> {
    /// Which day.
    pub day: D,
    /// A moment of it.
    pub at: Timestamp,
    /// Its messages.
    pub rows: Vec<Row>,
}

/// A message and where it stands among its neighbours.
#[derive(Clone, PartialEq)]
pub struct Row {
    /// The message.
    pub item: Item,
    /// Where it stands.
    pub place: Place,
}

/// Where a message stands: its edges, and whether the new ones begin with it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Place {
    /// Above it.
    pub above: Edge,
    /// Below it.
    pub below: Edge,
    /// Whether it is the first of the new ones.
    pub news: News,
}

/// What is next to a message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Edge {
    /// Another one of the same run.
    Joined,
    /// The end of the run.
    Free,
}

/// Whether the new messages begin here.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum News {
    /// They do.
    Begin,
    /// They don't.
    Elsewhere,
}

/// Sorts messages, oldest first, into days and runs.
pub fn by_day<D: PartialEq + Copy>(
    items: &[Item],
    new_from: Option<MessageId>,
    day_of: impl Fn(Timestamp) -> D,
) -> Vec<DayRows<D>> {
    let mut days: Vec<DayRows<D>> = Vec::new();
    for item in items {
        let at = item.written_at();
        let news = if new_from == Some(item.id()) {
            News::Begin
        } else {
            News::Elsewhere
        };
        let mut row = Row {
            item: item.clone(),
            place: Place {
                above: Edge::Free,
                below: Edge::Free,
                news,
            },
        };
        match days.last_mut().filter(|last| last.day == day_of(at)) {
            Some(today) => {
                if let Some(former) = today.rows.last_mut().filter(|former| joined(former, &row)) {
                    former.place.below = Edge::Joined;
                    row.place.above = Edge::Joined;
                }
                today.rows.push(row);
            }
            None => days.push(DayRows {
                day: day_of(at),
                at,
                rows: vec![row],
            }),
        }
    }
    days
}

fn joined(former: &Row, row: &Row) -> bool {
    let (one, other) = (&former.item, &row.item);
    let silence = other.written_at().since(one.written_at());
    row.place.news == News::Elsewhere && one.author() == other.author() && silence <= RUN
}

#[cfg(test)]
mod tests {
    use super::*;
    use sotto_web_worker::messages::AccountId;
    use sotto_web_worker::messages::view::{MessageState, MessageView};

    fn item(number: u8, minutes: u64, state: MessageState) -> Item {
        let at = Timestamp::from_millis(minutes * 60_000);
        let account = AccountId::from_bytes([1; 16]);
        Item::new(MessageView {
            position: number.into(),
            conversation: account,
            id: MessageId([number; 16]),
            author: account,
            sent_at: at,
            received_at: at,
            text: String::new(),
            state,
        })
    }

    fn day(at: Timestamp) -> u64 {
        at.as_millis() / 86_400_000
    }

    #[test]
    fn runs_end_with_the_author_the_silence_the_day_and_the_new_ones() {
        let (sent, received) = (MessageState::Sent, MessageState::Received);
        let items = [
            item(0, 1430, sent),
            item(1, 1433, sent),
            item(2, 1434, received),
            item(3, 1439, received),
            item(4, 1441, received),
            item(5, 1447, received),
            item(6, 1448, received),
        ];
        let days = by_day(&items, Some(MessageId([6; 16])), day);
        let edges = |row: &Row| (row.place.above, row.place.below);
        let all: Vec<_> = days
            .iter()
            .map(|day| day.rows.iter().map(edges).collect::<Vec<_>>())
            .collect();
        let (free, joined) = (Edge::Free, Edge::Joined);
        assert_eq!(
            all,
            [
                vec![(free, joined), (joined, free), (free, joined), (joined, free)],
                vec![(free, free), (free, free), (free, free)],
            ]
        );
        assert_eq!(days[1].rows[2].place.news, News::Begin);
    }

    #[test]
    fn a_fast_clock_does_not_make_a_day_of_its_own() {
        let mut message = (*item(0, 10, MessageState::Received).message).clone();
        message.sent_at = Timestamp::from_millis(u64::MAX);
        let items = [Item::new(message), item(1, 11, MessageState::Received)];
        assert_eq!(by_day(&items, None, day).len(), 1);
    }
}
