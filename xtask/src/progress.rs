//! Shows what is being done, how long it has taken and how long is left, from what former runs took.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

/// A long step of a task.
#[derive(Clone, Copy)]
pub struct Step {
    /// Names the step in the file of durations.
    pub key: &'static str,
    /// What it does, in the words of the person waiting.
    pub title: &'static str,
    /// Seconds it takes on two cores the first time.
    pub usual: u64,
}

/// The steps of one task, and where it is in them.
pub struct Progress {
    plan: Vec<Step>,
    done: usize,
    durations: Durations,
}

impl Progress {
    /// Plans a task.
    pub fn new(workspace: &Workspace, plan: &[Step]) -> Self {
        let durations = Durations::load(workspace.target().join("xtask-times.json"));
        Self {
            plan: plan.to_vec(),
            done: 0,
            durations,
        }
    }

    /// Does the next step here, showing the time that passes.
    pub fn step<T>(&mut self, step: &Step, work: impl FnOnce(&Detail) -> Result<T>) -> Result<T> {
        let started = self.announce(step);
        let estimate = self.durations.of(step);
        let detail = Detail::default();
        let result = thread::scope(|scope| {
            let (stop, stopped) = mpsc::channel::<()>();
            scope.spawn(|| {
                tick(
                    &stopped_or_ticking(stopped),
                    started,
                    estimate,
                    step.title,
                    &detail,
                )
            });
            let result = work(&detail);
            drop(stop);
            result
        });
        self.finish(step, started, result)
    }

    /// Runs a command as the next step; its output is shown if it fails.
    pub fn quietly(&mut self, step: &Step, command: &mut Command) -> Result<()> {
        self.step(step, |detail| run_captured(command, detail))
    }

    /// Runs a command as the next step, its output shown as it comes.
    pub fn aloud(&mut self, step: &Step, command: &mut Command) -> Result<()> {
        let started = self.announce(step);
        let result = run(command);
        self.finish(step, started, result)
    }

    fn announce(&mut self, step: &Step) -> Instant {
        let left: Duration = self
            .plan
            .iter()
            .skip(self.done)
            .map(|step| self.durations.of(step))
            .sum();
        self.done += 1;
        eprintln!(
            "[{}/{}] {} (about {}; {} in all)",
            self.done,
            self.plan.len().max(self.done),
            step.title,
            spoken(self.durations.of(step)),
            spoken(left),
        );
        now()
    }

    fn finish<T>(&mut self, step: &Step, started: Instant, result: Result<T>) -> Result<T> {
        let took = now() - started;
        if result.is_ok() {
            eprintln!("      done in {}", spoken(took));
            self.durations.record(step, took);
        }
        result.with_context(|| format!("could not {}", step.title))
    }
}

/// What a step is at right now, such as the crate that is being compiled.
#[derive(Default)]
pub struct Detail(Mutex<String>);

impl Detail {
    /// Replaces what is shown.
    pub fn set(&self, text: &str) {
        if let Ok(mut current) = self.0.lock() {
            text.clone_into(&mut current);
        }
    }

    fn get(&self) -> String {
        self.0.lock().map(|current| current.clone()).unwrap_or_default()
    }
}

/// Runs a command, its output shown as it comes.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{} can't be started", name(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", name(command));
    }
    Ok(())
}

fn run_captured(command: &mut Command, detail: &Detail) -> Result<()> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} can't be started", name(command)))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let output = thread::scope(|scope| {
        let said = scope.spawn(|| stdout.map(read_all).unwrap_or_default());
        let complained = stderr.map(|stderr| follow(stderr, detail)).unwrap_or_default();
        complained + &said.join().unwrap_or_default()
    });
    let status = child.wait()?;
    if !status.success() {
        eprintln!("{output}");
        bail!("{} failed ({status})", name(command));
    }
    Ok(())
}

fn read_all(mut pipe: impl Read) -> String {
    let mut bytes = Vec::new();
    // A pipe that breaks ends the output.
    let _ = pipe.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Keeps a command's lines and shows the newest of those that say what it is at.
fn follow(pipe: impl Read, detail: &Detail) -> String {
    let mut all = String::new();
    for line in BufReader::new(pipe)
        .split(b'\n')
        .map_while(std::result::Result::ok)
    {
        let line = String::from_utf8_lossy(&line);
        if let Some(package) = ["Compiling ", "Checking "]
            .iter()
            .find_map(|verb| line.trim().strip_prefix(verb))
        {
            detail.set(package.split(' ').next().unwrap_or_default());
        }
        all.push_str(&line);
        all.push('\n');
    }
    all
}

fn name(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let first = command
        .get_args()
        .next()
        .map(|argument| argument.to_string_lossy())
        .unwrap_or_default();
    format!("{program} {first}").trim_end().to_owned()
}

/// How often a waiting person is told: on a terminal in place, in a log by a new line.
const ON_TERMINAL: Duration = Duration::from_secs(1);
const IN_LOG: Duration = Duration::from_secs(30);

struct Ticks {
    stopped: Receiver<()>,
    interval: Duration,
    terminal: std::io::Stderr,
}

fn stopped_or_ticking(stopped: Receiver<()>) -> Ticks {
    let terminal = std::io::stderr();
    let interval = if terminal.is_terminal() {
        ON_TERMINAL
    } else {
        IN_LOG
    };
    Ticks {
        stopped,
        interval,
        terminal,
    }
}

fn tick(ticks: &Ticks, started: Instant, estimate: Duration, title: &str, detail: &Detail) {
    while ticks.stopped.recv_timeout(ticks.interval) == Err(RecvTimeoutError::Timeout) {
        let elapsed = now() - started;
        let left = match estimate.checked_sub(elapsed) {
            Some(left) => format!("about {} left", spoken(left)),
            None => "longer than expected".to_owned(),
        };
        let line = format!("      {title}: {}, {left}  {}", spoken(elapsed), detail.get());
        if ticks.terminal.is_terminal() {
            eprint!("\r\x1b[2K{line}");
        } else {
            eprintln!("{}", line.trim_end());
        }
    }
    if ticks.terminal.is_terminal() {
        eprint!("\r\x1b[2K");
    }
}

/// How long each step took last time.
struct Durations {
    file: PathBuf,
    seconds: BTreeMap<String, u64>,
}

impl Durations {
    fn load(file: PathBuf) -> Self {
        let seconds = fs::read(&file)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        Self { file, seconds }
    }

    fn of(&self, step: &Step) -> Duration {
        Duration::from_secs(self.seconds.get(step.key).copied().unwrap_or(step.usual))
    }

    /// An estimate that can't be kept is no reason to fail.
    fn record(&mut self, step: &Step, took: Duration) {
        self.seconds.insert(step.key.to_owned(), took.as_secs());
        if let Ok(json) = serde_json::to_vec_pretty(&self.seconds) {
            let _ = fs::write(&self.file, json);
        }
    }
}

/// `45 s`, `2 min`, `2 min 5 s`.
fn spoken(duration: Duration) -> String {
    match (duration.as_secs() / 60, duration.as_secs() % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

/// The time, for measuring durations.
#[expect(
    clippy::disallowed_methods,
    reason = "a task at the command line is a runtime"
)]
pub fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_spoken() {
        for (seconds, words) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (125, "2 min 5 s"),
            (3600, "60 min"),
        ] {
            assert_eq!(spoken(Duration::from_secs(seconds)), words);
        }
    }

    #[test]
    fn former_runs_make_the_estimate() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("times.json");
        let step = Step {
            key: "compile",
            title: "compile",
            usual: 100,
        };
        let mut durations = Durations::load(file.clone());
        assert_eq!(durations.of(&step), Duration::from_secs(100));
        durations.record(&step, Duration::from_secs(7));
        assert_eq!(Durations::load(file.clone()).of(&step), Duration::from_secs(7));

        fs::write(&file, "damaged").unwrap();
        assert_eq!(Durations::load(file).of(&step), Duration::from_secs(100));
    }

    #[test]
    fn a_failing_command_fails_its_step() {
        let detail = Detail::default();
        let error = run_captured(
            Command::new("sh").args(["-c", "echo '   Compiling leptos v1' >&2; exit 3"]),
            &detail,
        );
        assert!(error.unwrap_err().to_string().contains("exit status: 3"));
        assert_eq!(detail.get(), "leptos");
    }
}
