//! The SHA-256 tree over a batch of prekeys: shaped like the one of RFC 9162, section 2.1 (the last node of an odd
//! row moves up as it is), with tags of our own.

use crate::hash::tagged_hash;

/// A node's hash.
pub(crate) type Hash = [u8; 32];

/// A tree, row by row from the leaves up. Holds at least one leaf.
pub(crate) struct Tree {
    rows: Vec<Vec<Hash>>,
}

impl Tree {
    /// Builds the tree over hashed leaves.
    pub(crate) fn new(leaves: Vec<Hash>) -> Self {
        let mut rows = vec![leaves];
        while let Some(row) = rows.last()
            && row.len() > 1
        {
            let above = row.chunks(2).map(|pair| {
                if let [left, right] = pair {
                    node(left, right)
                } else {
                    pair[0]
                }
            });
            let above = above.collect();
            rows.push(above);
        }
        Self { rows }
    }

    /// The hash at the top; `None` for a tree without leaves.
    pub(crate) fn root(&self) -> Option<Hash> {
        self.rows.last()?.first().copied()
    }

    /// The siblings on the way up from a leaf.
    pub(crate) fn path(&self, index: usize) -> Vec<Hash> {
        let rows = self.rows.iter().enumerate();
        rows.filter_map(|(height, row)| row.get((index >> height) ^ 1).copied())
            .collect()
    }
}

/// How many siblings lie on the way up from a leaf of a tree of `count` leaves.
pub(crate) fn path_len(mut index: usize, mut count: usize) -> usize {
    let mut len = 0;
    while count > 1 {
        len += usize::from(index ^ 1 < count);
        index >>= 1;
        count = count.div_ceil(2);
    }
    len
}

/// The hash at the top that a leaf and its path lead to. The path must be of [`path_len`].
pub(crate) fn root_from_path(leaf: Hash, mut index: usize, mut count: usize, path: &[Hash]) -> Hash {
    let mut siblings = path.iter();
    let mut hash = leaf;
    while count > 1 {
        if index ^ 1 < count
            && let Some(sibling) = siblings.next()
        {
            hash = if index & 1 == 0 {
                node(&hash, sibling)
            } else {
                node(sibling, &hash)
            };
        }
        index >>= 1;
        count = count.div_ceil(2);
    }
    hash
}

fn node(left: &Hash, right: &Hash) -> Hash {
    tagged_hash("sotto/1 prekey node", &[left, right])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_leaf_of_every_size_leads_to_the_root_and_nothing_else_does() {
        for count in 1..=33_usize {
            let leaves: Vec<Hash> = (0..count)
                .map(|i| tagged_hash("leaf", &[&i.to_be_bytes()]))
                .collect();
            let tree = Tree::new(leaves.clone());
            let root = tree.root().unwrap();
            for (index, leaf) in leaves.iter().enumerate() {
                let path = tree.path(index);
                assert_eq!(path.len(), path_len(index, count));
                assert_eq!(root_from_path(*leaf, index, count, &path), root);
                assert_ne!(root_from_path([0; 32], index, count, &path), root);
                for other in
                    (0..count).filter(|&other| other != index && path_len(other, count) == path.len())
                {
                    assert_ne!(root_from_path(*leaf, other, count, &path), root);
                }
            }
        }
    }
}
