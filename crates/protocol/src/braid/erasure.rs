//! Large pieces cut into chunks, any `N` of which suffice: a systematic Reed-Solomon code over GF(2^16)
//! (ML-KEM Braid, section 2).
//!
//! The symbols at one place of the `N` chunks of a piece are a polynomial's values at 0 to N - 1; chunk `i` holds the
//! values at `i`. So the first `N` chunks are the piece itself, and there are more, as many as get lost.

use super::field::{Symbols, inverse, multiply, weighted_sum};

/// Bytes of a chunk.
pub(crate) const CHUNK_LEN: usize = 32;
/// How many chunks a piece has; behind the last one the first comes again.
pub(crate) const CHUNKS: u16 = 1 << 14;

/// One chunk of a piece, and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// Below [`CHUNKS`].
    pub(crate) index: u16,
    pub(crate) bytes: [u8; CHUNK_LEN],
}

/// A piece: `N` chunks.
pub(crate) type Piece<const N: usize> = Box<[[u8; CHUNK_LEN]; N]>;

/// Cuts bytes into chunks.
pub(crate) fn cut<const LEN: usize, const N: usize>(bytes: &[u8; LEN]) -> Piece<N> {
    const { assert!(LEN == N * CHUNK_LEN, "chunks of equal length") };
    let mut piece = Box::new([[0; CHUNK_LEN]; N]);
    piece.as_flattened_mut().copy_from_slice(bytes);
    piece
}

/// Undoes [`cut`].
pub(crate) fn uncut<const LEN: usize, const N: usize>(piece: &Piece<N>) -> Box<[u8; LEN]> {
    const { assert!(LEN == N * CHUNK_LEN, "chunks of equal length") };
    let mut bytes = Box::new([0; LEN]);
    bytes.copy_from_slice(piece.as_flattened());
    bytes
}

/// A piece that goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outgoing<const N: usize> {
    piece: Piece<N>,
    next: u16,
}

impl<const N: usize> Outgoing<N> {
    /// The weights of the numbers below `N`.
    const WEIGHTS: [u16; N] = weights(&first_numbers());

    pub(crate) fn new(piece: Piece<N>) -> Self {
        Self { piece, next: 0 }
    }

    /// Goes on with that chunk.
    pub(crate) fn skip_to(self, next: u16) -> Self {
        Self { next, ..self }
    }

    /// All of it.
    pub(crate) fn piece(&self) -> &Piece<N> {
        &self.piece
    }

    /// The number of the next chunk.
    pub(crate) fn next(&self) -> u16 {
        self.next
    }

    /// The next chunk.
    pub(crate) fn take(&mut self) -> Chunk {
        let index = self.next;
        self.next = index.saturating_add(1) % CHUNKS;
        Chunk {
            index,
            bytes: self.chunk(index),
        }
    }

    fn chunk(&self, index: u16) -> [u8; CHUNK_LEN] {
        if let Some(chunk) = self.piece.get(usize::from(index)) {
            return *chunk;
        }
        interpolate(&first_numbers(), &self.piece, &Self::WEIGHTS, index)
    }
}

/// Chunks of a piece that comes in, fewer than `N`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Incoming<const N: usize>(Vec<Chunk>);

/// A piece that one more chunk was added to.
pub(crate) enum Added<const N: usize> {
    /// Chunks are missing still.
    Partial(Incoming<N>),
    /// It is all there.
    Complete(Piece<N>),
}

/// Two chunks of one number differ.
#[derive(Debug)]
pub(crate) struct Contradiction;

impl<const N: usize> Incoming<N> {
    /// The chunks so far.
    pub(crate) fn chunks(&self) -> &[Chunk] {
        &self.0
    }

    /// Takes a chunk. One that is there already changes nothing.
    pub(crate) fn add(mut self, chunk: Chunk) -> Result<Added<N>, Contradiction> {
        match self.0.iter().find(|known| known.index == chunk.index) {
            Some(known) if known.bytes != chunk.bytes => return Err(Contradiction),
            Some(_) => return Ok(Added::Partial(self)),
            None => self.0.push(chunk),
        }
        Ok(match self.0.first_chunk() {
            Some(chunks) => Added::Complete(join(chunks)),
            None => Added::Partial(self),
        })
    }
}

/// The piece that `N` chunks with different numbers belong to.
fn join<const N: usize>(chunks: &[Chunk; N]) -> Piece<N> {
    let numbers = chunks.map(|chunk| chunk.index);
    let values = chunks.map(|chunk| chunk.bytes);
    let mut shared = None;
    Box::new(first_numbers().map(|place| {
        let known = chunks.iter().find(|chunk| chunk.index == place);
        known.map_or_else(
            || {
                let weights = shared.get_or_insert_with(|| weights(&numbers));
                interpolate(&numbers, &values, weights, place)
            },
            |chunk| chunk.bytes,
        )
    }))
}

/// The chunk at a place that is none of the `numbers`, from the chunks there. A chunk's factor, its Lagrange polynomial
/// at the place, is its weight times the place's differences to all other numbers.
fn interpolate<const N: usize>(
    numbers: &[u16; N],
    chunks: &[[u8; CHUNK_LEN]; N],
    weights: &[u16; N],
    place: u16,
) -> [u8; CHUNK_LEN] {
    let mut factors = *weights;
    let mut others = 1;
    for (factor, number) in factors.iter_mut().zip(numbers) {
        *factor = multiply(*factor, others);
        others = multiply(others, place ^ number);
    }
    others = 1;
    for (factor, number) in factors.iter_mut().zip(numbers).rev() {
        *factor = multiply(*factor, others);
        others = multiply(others, place ^ number);
    }
    to_bytes(&weighted_sum(&factors, &chunks.each_ref().map(to_symbols)))
}

/// For each of the numbers, the inverse of the product of its differences to the others.
const fn weights<const N: usize>(numbers: &[u16; N]) -> [u16; N] {
    let mut weights = [1; N];
    let mut own = 0;
    while own < N {
        let mut other = 0;
        while other < N {
            if other != own {
                weights[own] = multiply(weights[own], numbers[own] ^ numbers[other]);
            }
            other += 1;
        }
        weights[own] = inverse(weights[own]);
        own += 1;
    }
    weights
}

/// 0 to N - 1.
const fn first_numbers<const N: usize>() -> [u16; N] {
    let mut numbers = [0; N];
    let mut next = 1;
    while next < N {
        numbers[next] = numbers[next - 1] + 1;
        next += 1;
    }
    numbers
}

fn to_symbols(chunk: &[u8; CHUNK_LEN]) -> Symbols {
    let mut symbols = [0; 16];
    for (symbol, bytes) in symbols.iter_mut().zip(chunk.as_chunks().0) {
        *symbol = u16::from_be_bytes(*bytes);
    }
    symbols
}

fn to_bytes(symbols: &Symbols) -> [u8; CHUNK_LEN] {
    let mut chunk = [0; CHUNK_LEN];
    for (bytes, symbol) in chunk.as_chunks_mut().0.iter_mut().zip(symbols) {
        *bytes = symbol.to_be_bytes();
    }
    chunk
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample<const N: usize>(seed: u8) -> Piece<N> {
        Box::new(core::array::from_fn(|row| {
            core::array::from_fn(|column| {
                let mixed = (row * 37 + column * 11) as u8;
                seed.wrapping_add(mixed).rotate_left(row as u32)
            })
        }))
    }

    /// Feeds chunks in, and says what came out after how many.
    fn collect<const N: usize>(chunks: impl IntoIterator<Item = Chunk>) -> Option<(usize, Piece<N>)> {
        let mut incoming = Incoming::<N>::default();
        for (count, chunk) in (1..).zip(chunks) {
            incoming = match incoming.add(chunk).unwrap() {
                Added::Partial(incoming) => incoming,
                Added::Complete(piece) => return Some((count, piece)),
            };
        }
        None
    }

    #[test]
    fn the_first_chunks_are_the_piece_itself_and_numbers_wrap() {
        let piece = sample::<5>(3);
        let mut outgoing = Outgoing::new(piece.clone());
        let first: Vec<_> = (0..5).map(|_| outgoing.take().bytes).collect();
        assert_eq!(first, piece.as_slice());
        let mut last = Outgoing::new(piece).skip_to(CHUNKS - 1);
        assert_eq!(last.take().index, CHUNKS - 1);
        assert_eq!(last.take().index, 0);
    }

    #[test]
    fn a_chunk_counts_once_and_may_not_contradict() {
        let mut outgoing = Outgoing::new(sample::<3>(1));
        let (one, two) = (outgoing.take(), outgoing.take());
        let incoming = Incoming::<3>::default();
        assert!(collect::<3>([one, two, one, two, one]).is_none());
        let Added::Partial(incoming) = incoming.add(one).unwrap() else {
            panic!("two are missing")
        };
        let mut forged = one;
        forged.bytes[31] ^= 1;
        assert!(incoming.add(forged).is_err());
    }

    fn any_suffice<const N: usize>(seed: u8, numbers: &[u16]) {
        let piece = sample::<N>(seed);
        let chunks = numbers
            .iter()
            .map(|number| Outgoing::new(piece.clone()).skip_to(*number).take());
        assert_eq!(collect::<N>(chunks), Some((N, piece)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

        #[test]
        fn any_n_chunks_suffice(seed in any::<u8>(), numbers in prop::collection::hash_set(0..CHUNKS, 36)) {
            let numbers: Vec<_> = numbers.into_iter().collect();
            any_suffice::<3>(seed, &numbers);
            any_suffice::<5>(seed, &numbers);
            any_suffice::<30>(seed, &numbers);
            any_suffice::<36>(seed, &numbers);
        }

        #[test]
        fn the_first_ones_with_gaps_suffice(seed in any::<u8>(), lost in prop::collection::hash_set(0..60_u16, 24)) {
            let numbers: Vec<_> = (0..60).filter(|number| !lost.contains(number)).collect();
            any_suffice::<36>(seed, &numbers);
            any_suffice::<30>(seed, &numbers);
        }
    }
}
