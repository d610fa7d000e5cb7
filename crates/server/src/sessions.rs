//! Sessions: challenges, tokens, proofs; all in memory, gone with a restart.

mod challenge;
mod challenges;
mod proofs;
mod sign_in;
mod sign_out;
mod tokens;

pub(crate) use challenge::*;
pub(crate) use challenges::{Challenges, SpendError, Use};
pub(crate) use proofs::Proofs;
pub(crate) use sign_in::*;
pub(crate) use sign_out::*;
pub(crate) use tokens::{Token, Tokens};

use std::time::Duration;

/// How long a challenge, a ceremony or a proof is good for.
pub(crate) const CHALLENGE_LIFE: Duration = Duration::from_secs(5 * 60);
/// How long a token is good for.
pub(crate) const TOKEN_LIFE: Duration = Duration::from_secs(60 * 60);
