//! Randomness: the operating system's.

use getrandom::SysRng;
use rand_core::UnwrapErr;

/// Draws from the operating system; without its randomness nothing can go on, so that panics.
pub type SystemRandom = UnwrapErr<SysRng>;

/// The operating system's random numbers.
pub const fn system_random() -> SystemRandom {
    UnwrapErr(SysRng)
}
