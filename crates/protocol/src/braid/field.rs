//! GF(2^16): polynomials over bits modulo x^16 + x^5 + x^3 + x^2 + 1, of which x generates all that are not zero.
//! Addition is exclusive or. No tables and no branches on values: what is encoded is public, but secrets may lie beside it.

/// What x^16 is equal to.
const REDUCED: u16 = 0b10_1101;

/// The symbols of one chunk.
pub(super) type Symbols = [u16; 16];

/// The product of two elements.
pub(super) const fn multiply(a: u16, b: u16) -> u16 {
    let mut product: u32 = 0;
    let mut bit = 0;
    while bit < 16 {
        product ^= (a as u32) << bit & ((b >> bit & 1) as u32).wrapping_neg();
        bit += 1;
    }
    reduce(reduce(product)) as u16
}

/// Folds what is above x^15 back, once.
const fn reduce(product: u32) -> u32 {
    let high = product >> 16;
    (product & 0xffff) ^ high ^ high << 2 ^ high << 3 ^ high << 5
}

/// The sum of all chunks, each times its factor: all chunks at once, one bit of the factors after the other.
pub(super) fn weighted_sum<const N: usize>(factors: &[u16; N], chunks: &[Symbols; N]) -> Symbols {
    let mut sum = [0_u16; 16];
    for bit in (0..16).rev() {
        for symbol in &mut sum {
            *symbol = *symbol << 1 ^ (REDUCED & mask(*symbol >> 15));
        }
        for (factor, chunk) in factors.iter().zip(chunks) {
            let mask = mask(factor >> bit);
            for (sum, symbol) in sum.iter_mut().zip(chunk) {
                *sum ^= symbol & mask;
            }
        }
    }
    sum
}

/// The inverse; of zero, zero. It is the power 2^16 - 2 (Fermat).
pub(super) const fn inverse(a: u16) -> u16 {
    let mut power = a;
    let mut inverse = 1;
    let mut bit = 1;
    while bit < 16 {
        power = multiply(power, power);
        inverse = multiply(inverse, power);
        bit += 1;
    }
    inverse
}

/// All ones if the lowest bit is set, else zero.
const fn mask(bit: u16) -> u16 {
    (bit & 1).wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x_generates_every_element_but_zero() {
        let mut power = 1;
        for exponent in 1..=u16::MAX {
            power = multiply(power, 2);
            assert_eq!(power == 1, exponent == u16::MAX, "x^{exponent}");
        }
    }

    #[test]
    fn it_is_a_field() {
        for a in (1..=u16::MAX).step_by(97) {
            assert_eq!(multiply(a, inverse(a)), 1);
            let (b, c) = (a.rotate_left(5) ^ 0x1234, a.wrapping_mul(31));
            assert_eq!(multiply(a, b), multiply(b, a));
            assert_eq!(multiply(a, b ^ c), multiply(a, b) ^ multiply(a, c));
            assert_eq!(multiply(a, multiply(b, c)), multiply(multiply(a, b), c));
            let sum = weighted_sum(&[a, b], &[[b; 16], [c; 16]]);
            assert_eq!(sum, [multiply(a, b) ^ multiply(b, c); 16]);
        }
    }
}
