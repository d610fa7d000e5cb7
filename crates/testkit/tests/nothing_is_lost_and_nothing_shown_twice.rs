//! Many clients, a network that loses, and crashes between any two outputs: by seed, a thousand times.

use sotto_testkit::simulation::{Plan, Report, Runtime, Simulation};

const SEEDS: u64 = 1_000;

fn run_all(seeds: std::ops::Range<u64>, plan: &Plan) -> Vec<(u64, Report)> {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let chunk = seeds.clone().count().div_ceil(threads);
    let all: Vec<_> = seeds.collect();
    std::thread::scope(|scope| {
        let run = |seeds: &[u64]| {
            let reports = seeds
                .iter()
                .map(|seed| (*seed, Simulation::run(*seed, plan.clone())));
            reports.collect::<Vec<_>>()
        };
        let workers: Vec<_> = all
            .chunks(chunk)
            .map(|seeds| scope.spawn(move || run(seeds)))
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    })
}

#[test]
fn a_thousand_storms_lose_nothing() {
    let reports = run_all(0..SEEDS, &Plan::default());
    for (seed, report) in &reports {
        assert!(
            report.violations.is_empty(),
            "seed {seed}: {:?}",
            report.violations
        );
    }
    let sum = |of: fn(&Report) -> usize| reports.iter().map(|(_, report)| of(report)).sum::<usize>();
    let (messages, crashes, losses) = (sum(|r| r.messages), sum(|r| r.crashes), sum(|r| r.losses));
    println!("{SEEDS} seeds: {messages} messages, {crashes} crashes, {losses} broken connections");
    assert!(
        messages > 10_000 && crashes > 5_000 && losses > 5_000,
        "the storms were too mild"
    );
}

#[test]
fn a_seed_reproduces_its_run() {
    let run = || format!("{:?}", Simulation::run(7, Plan::default()));
    assert_eq!(run(), run());
}

#[test]
fn sending_before_persisting_is_caught() {
    assert!(
        violations(Runtime::SendsBeforePersist) > 0,
        "a planted defect went unnoticed"
    );
}

#[test]
fn forgetting_what_was_received_is_caught() {
    assert!(
        violations(Runtime::NeverPersistsSeen) > 0,
        "a planted defect went unnoticed"
    );
}

/// In how many of fifty runs something went wrong.
fn violations(runtime: Runtime) -> usize {
    let plan = Plan {
        runtime,
        ..Plan::default()
    };
    let reports = run_all(0..50, &plan);
    reports
        .iter()
        .filter(|(_, report)| !report.violations.is_empty())
        .count()
}
