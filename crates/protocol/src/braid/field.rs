//! GF(2^16): polynomials over bits modulo x^16 + x^5 + x^3 + x^2 + 1, of which x generates all that are not zero.
//! Addition is exclusive or. No tables and no branches on values: what is encoded is public, but secrets may lie beside it.

/// What x^16 is equal to.
const REDUCED: u16 = 0b10_1101;

/// The symbols of one chunk: the same factor multiplies all of them, and the compiler does so in parallel.
pub(super) type Symbols = [u16; 16];

/// The product of two elements.
pub(super) const fn multiply(a: u16, b: u16) -> u16 {
    let mut product = 0;
    let mut bit = 16;
    while bit > 0 {
        bit -= 1;
        product = times_x(product) ^ (a & mask(b >> bit));
    }
    product
}

/// Adds `factor` times `symbols` to `sum`.
pub(super) fn add_multiple(sum: &mut Symbols, factor: u16, symbols: &Symbols) {
    let mut product = [0; 16];
    for bit in (0..16).rev() {
        let mask = mask(factor >> bit);
        for (product, symbol) in product.iter_mut().zip(symbols) {
            *product = times_x(*product) ^ (symbol & mask);
        }
    }
    for (sum, product) in sum.iter_mut().zip(product) {
        *sum ^= product;
    }
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

const fn times_x(a: u16) -> u16 {
    a << 1 ^ (REDUCED & mask(a >> 15))
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
            let mut sum = [c; 16];
            add_multiple(&mut sum, a, &[b; 16]);
            assert_eq!(sum, [c ^ multiply(a, b); 16]);
        }
    }
}
