//! `docs/ERRORS.md` lists every code.

use sotto_wire::Code;

#[test]
fn every_code_has_its_row() {
    let table = include_str!("../../../../docs/ERRORS.md");
    for code in Code::ALL {
        let row = format!("| {} | `{}` |", code.number(), code.name());
        assert!(table.contains(&row), "{row}");
    }
    let rows = table
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains('`'))
        .count();
    assert_eq!(rows, Code::ALL.len());
}
