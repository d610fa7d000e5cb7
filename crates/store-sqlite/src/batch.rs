//! Jobs that share one transaction.

use crate::failure::{Abort, Work, from_sqlite};
use sotto_sqlite::rusqlite::Connection;
use sotto_store::StoreError;
use tokio::sync::oneshot;

/// Something to write, and someone who waits for the outcome.
pub(crate) trait Job: Send {
    /// Does the work inside a savepoint.
    fn run(&mut self, connection: &Connection) -> Verdict;

    /// Says how it went, once the transaction is durable or has failed.
    fn finish(self: Box<Self>, committed: Result<(), StoreError>);
}

/// What becomes of a job's savepoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It stays.
    Keep,
    /// It is undone: the job had an answer that changes nothing.
    Undo,
    /// It is undone: the storage failed.
    Failed(StoreError),
}

/// A closure as a job.
pub(crate) struct Task<T, F> {
    work: Option<F>,
    outcome: Result<T, StoreError>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F: FnOnce(&Connection) -> Work<T>> Task<T, F> {
    /// The job, and where its answer arrives.
    pub(crate) fn new(work: F) -> (Self, oneshot::Receiver<Result<T, StoreError>>) {
        let (answer, receiver) = oneshot::channel();
        let task = Self {
            work: Some(work),
            outcome: Err(StoreError::Unavailable),
            answer,
        };
        (task, receiver)
    }
}

impl<T: Send, F: FnOnce(&Connection) -> Work<T> + Send> Job for Task<T, F> {
    fn run(&mut self, connection: &Connection) -> Verdict {
        let Some(work) = self.work.take() else {
            return Verdict::Undo;
        };
        let (outcome, verdict) = match work(connection) {
            Ok(value) => (Ok(value), Verdict::Keep),
            Err(Abort::Refused(value)) => (Ok(value), Verdict::Undo),
            Err(Abort::Failed(error)) => (Err(error), Verdict::Failed(error)),
        };
        self.outcome = outcome;
        verdict
    }

    fn finish(self: Box<Self>, committed: Result<(), StoreError>) {
        // Nobody may be waiting any more; the work is done all the same.
        let _ = self.answer.send(committed.and(self.outcome));
    }
}

/// Runs jobs in one transaction, makes it durable, then tells each how it went.
pub(crate) fn commit(connection: &Connection, mut jobs: Vec<Box<dyn Job>>) {
    let committed = transact(connection, &mut jobs);
    if committed.is_err() && !connection.is_autocommit() {
        // If this fails too, so will the next BEGIN, and say so.
        let _ = connection.execute_batch("ROLLBACK");
    }
    for job in jobs {
        job.finish(committed);
    }
}

fn transact(connection: &Connection, jobs: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    execute(connection, "BEGIN IMMEDIATE")?;
    for job in jobs {
        execute(connection, "SAVEPOINT job")?;
        let verdict = job.run(connection);
        // A full disk can make SQLite give the whole transaction up.
        if connection.is_autocommit() {
            return Err(match verdict {
                Verdict::Failed(error) => error,
                Verdict::Keep | Verdict::Undo => StoreError::Unavailable,
            });
        }
        if verdict != Verdict::Keep {
            execute(connection, "ROLLBACK TO job")?;
        }
        execute(connection, "RELEASE job")?;
    }
    execute(connection, "COMMIT")
}

fn execute(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.execute([]))
        .map(drop)
        .map_err(|error| from_sqlite(&error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sotto_sqlite::rusqlite::Error;

    type Answer = oneshot::Receiver<Result<&'static str, StoreError>>;

    /// A job that inserts a row, then comes to what it is told to.
    fn job(outcome: fn() -> Work<&'static str>) -> (Box<dyn Job>, Answer) {
        let (task, answer) = Task::new(move |connection: &Connection| {
            connection.execute("INSERT INTO note DEFAULT VALUES", [])?;
            outcome()
        });
        (Box::new(task), answer)
    }

    fn notes(connection: &Connection) -> i64 {
        connection
            .query_row("SELECT count(*) FROM note", [], |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn jobs_share_a_transaction_and_none_takes_another_with_it() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE TABLE note (id INTEGER PRIMARY KEY)")
            .unwrap();
        let (jobs, answers): (Vec<_>, Vec<_>) = [
            job(|| Ok("kept")),
            job(|| Err(Abort::Refused("refused"))),
            job(|| Err(Abort::from(Error::InvalidQuery))),
            job(|| Ok("kept too")),
        ]
        .into_iter()
        .unzip();
        commit(&connection, jobs);

        let answers: Vec<_> = answers
            .into_iter()
            .map(|mut answer| answer.try_recv().unwrap())
            .collect();
        let expected = [
            Ok("kept"),
            Ok("refused"),
            Err(StoreError::Unavailable),
            Ok("kept too"),
        ];
        assert_eq!(answers, expected);
        assert_eq!(notes(&connection), 2);
    }

    #[test]
    fn what_cannot_be_committed_is_nobodys() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "PRAGMA foreign_keys = ON;
                 CREATE TABLE note (id INTEGER PRIMARY KEY, other INTEGER NOT NULL DEFAULT 7
                     REFERENCES note DEFERRABLE INITIALLY DEFERRED)",
            )
            .unwrap();
        let (first, mut answer) = job(|| Ok("kept"));
        let (second, mut other) = job(|| Ok("kept too"));
        commit(&connection, vec![first, second]);

        assert!(answer.try_recv().unwrap().is_err());
        assert!(other.try_recv().unwrap().is_err());
        assert_eq!(notes(&connection), 0);
        assert!(connection.is_autocommit());
    }
}
