//! The client without I/O: [`Input`] → state → [`Output`].
//!
//! **Given the same state, input, time and random numbers the engine puts out the same outputs, and a crash between
//! any two of them loses no message, shows none twice, and never uses a key twice.**
//!
//! A runtime owns the clock, the randomness, the database and the network, and runs one loop:
//!
//! ```text
//! let mut engine = Engine::open(store.records()?, now, rng)?;
//! loop {
//!     for output in engine.handle(input, now, rng) {
//!         match output {
//!             Persist(batch) => store.commit(batch)?,   // atomically; if it fails, drop the engine and open it anew
//!             Connect => socket.open(),                 // then Input::Connected or Input::Disconnected
//!             Disconnect => socket.close(),
//!             Send(frame) => socket.write(frame),
//!             Call(call) => http.request(call),         // then Input::Answer
//!             Notify(notification) => show(notification),
//!             Wake(at) => timer.set(at),                // then Input::Wake; a later one replaces it
//!         }
//!     }
//!     input = next();
//! }
//! ```
//!
//! Outputs are carried out in order, none is skipped, and the first that fails to persist stops the engine.

pub mod batch;
pub mod command;
pub mod enrol;
pub mod input;
pub mod notification;
pub mod output;
pub mod vault;
pub mod view;

mod calls;
mod config;
mod conversations;
mod effects;
mod engine;
mod inbox;
mod link;
mod outbox;
mod own;
mod peers;
mod prekeys;
mod receipts;
mod records;
mod sessions;

pub use batch::{Batch, Change, Record, StoredMessage, Table};
pub use command::{Command, CommandError, Outcome};
pub use config::Config;
pub use engine::{Engine, OpenError};
pub use input::{Answer, Input, Tag, Unreachable};
pub use notification::{Link, Notification};
pub use output::{Call, CallId, Method, Output};
pub use records::RecordError;
pub use sotto_keys::ScanResult;
