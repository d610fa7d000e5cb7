//! The driver does what it says.

use std::time::Duration;

use sotto_testkit::chromium::{Cause, Chromium, ColorScheme, Failure, Passkeys, Viewport};

use crate::static_server::StaticServer;

const PAGE: &str = r#"<!doctype html><title>Test</title>
<input id="name"><button id="add" disabled>Add</button><ul></ul>
<script>
  const [name, add, list] = ['input', 'button', 'ul'].map(tag => document.querySelector(tag));
  name.addEventListener('input', () => { add.disabled = name.value === ''; });
  name.addEventListener('keydown', event => { if (event.key === 'Enter') add.click(); });
  add.addEventListener('click', () => setTimeout(() => {
    const item = document.createElement('li');
    item.textContent = name.value;
    list.append(item);
    console.error('added', name.value);
  }, 50));
</script>"#;

/// Creates a passkey, signs in with it, and gives what its PRF yields each time, as hexadecimal digits.
const PASSKEY_SECRETS: &str = r#"(async () => {
  const random = () => crypto.getRandomValues(new Uint8Array(32));
  const prf = { eval: { first: new TextEncoder().encode('a salt') } };
  const made = await navigator.credentials.create({ publicKey: {
    rp: { name: 'Test' },
    user: { id: random(), name: 'alice', displayName: 'Alice' },
    challenge: random(),
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    extensions: { prf },
  } });
  const used = await navigator.credentials.get({ publicKey: {
    challenge: random(), userVerification: 'required', extensions: { prf },
  } });
  return [made, used].map(credential => {
    const secret = credential.getClientExtensionResults().prf?.results?.first;
    return secret ? new Uint8Array(secret).toHex() : null;
  });
})()"#;

#[tokio::test(flavor = "multi_thread")]
async fn passkeys_yield_one_secret_where_there_is_prf_and_none_where_not() -> Result<(), Failure> {
    let server = StaticServer::start(PAGE).await.unwrap();
    let chromium = Chromium::start().await?;

    let alice = chromium.person("alice", Passkeys::WithPrf).await?;
    let [made, used]: [Option<String>; 2] = alice.open(server.url()).await?.eval(PASSKEY_SECRETS).await?;
    assert_eq!(made.as_ref().map(String::len), Some(64), "32 bytes");
    assert_eq!(made, used);

    let bob = chromium.person("bob", Passkeys::WithoutPrf).await?;
    let secrets: [Option<String>; 2] = bob.open(server.url()).await?.eval(PASSKEY_SECRETS).await?;
    assert_eq!(secrets, [None, None]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn clicks_types_waits_and_looks() -> Result<(), Failure> {
    let server = StaticServer::start(PAGE).await.unwrap();
    let chromium = Chromium::start().await?;
    let alice = chromium.person("alice", Passkeys::Missing).await?;
    let tab = alice.open(server.url()).await?;

    tab.type_text("#name", "one").await?;
    tab.click_text("button", "Add").await?;
    tab.wait_for_text("li", "one").await?;
    tab.type_text("#name", " two").await?;
    tab.press("Enter").await?;
    tab.wait_for_text("li", "one two").await?;
    assert_eq!(tab.texts("li").await?, ["one", "one two"]);
    assert!(
        tab.console().iter().any(|line| line.contains("added one two")),
        "{:?}",
        tab.console()
    );

    tab.set_viewport(Viewport::Phone).await?;
    tab.set_color_scheme(ColorScheme::Dark).await?;
    let seen: (bool, bool) = tab
        .eval("[matchMedia('(prefers-color-scheme: dark)').matches, matchMedia('(pointer: coarse)').matches]")
        .await?;
    assert_eq!(seen, (true, true));
    let folder = tempfile::tempdir().unwrap();
    tab.screenshot(folder.path().join("page.png")).await?;
    let png = std::fs::read(folder.path().join("page.png")).unwrap();
    let (width, height) = (&png[16..20], &png[20..24]);
    assert_eq!(
        (width, height),
        (&780_u32.to_be_bytes()[..], &1688_u32.to_be_bytes()[..])
    );

    tab.reload().await?;
    tab.wait_until_gone("li").await
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_apart_and_a_persons_tabs_are_together() -> Result<(), Failure> {
    const STORED: &str = "localStorage.getItem('key')";
    let server = StaticServer::start(PAGE).await.unwrap();
    let chromium = Chromium::start().await?;
    let (alice, bob) = (
        chromium.person("alice", Passkeys::Missing).await?,
        chromium.person("bob", Passkeys::Missing).await?,
    );
    let first = alice.open(server.url()).await?;
    first
        .eval::<Option<bool>>("localStorage.setItem('key', 'value')")
        .await?;
    let second = alice.open(server.url()).await?;
    let other = bob.open(server.url()).await?;

    assert_eq!(
        second.eval::<Option<String>>(STORED).await?.as_deref(),
        Some("value")
    );
    assert_eq!(other.eval::<Option<String>>(STORED).await?, None);
    for tab in [&first, &second, &other] {
        assert!(
            tab.eval::<bool>("document.hasFocus() && document.visibilityState === 'visible'")
                .await?
        );
    }
    first.leave().await?;
    first.goto(server.url()).await?;
    assert_eq!(
        first.eval::<Option<String>>(STORED).await?.as_deref(),
        Some("value")
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pulled_cable_cuts_off_one_persons_page_and_workers() -> Result<(), Failure> {
    /// Whether the page and a worker of it reach the server.
    const REACHES: &str = r#"(async () => {
      const source = "onmessage = ({ data }) => fetch(data).then(() => postMessage(true), () => postMessage(false))";
      const worker = new Worker(URL.createObjectURL(new Blob([source])));
      const answer = new Promise(resolve => { worker.onmessage = ({ data }) => resolve(data); });
      worker.postMessage(location.href);
      return [await fetch('/').then(() => true, () => false), await answer];
    })()"#;
    let server = StaticServer::start(PAGE).await.unwrap();
    let chromium = Chromium::start().await?;
    let (alice, bob) = (
        chromium.person("alice", Passkeys::Missing).await?,
        chromium.person("bob", Passkeys::Missing).await?,
    );
    let (alice_tab, bob_tab) = (alice.open(server.url()).await?, bob.open(server.url()).await?);

    alice.cable().pull();
    assert_eq!(alice_tab.eval::<[bool; 2]>(REACHES).await?, [false, false]);
    assert_eq!(bob_tab.eval::<[bool; 2]>(REACHES).await?, [true, true]);
    alice.cable().restore();
    assert_eq!(alice_tab.eval::<[bool; 2]>(REACHES).await?, [true, true]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_tells_what_the_page_showed() -> Result<(), Failure> {
    let server = StaticServer::start(PAGE).await.unwrap();
    let chromium = Chromium::start().await?;
    let alice = chromium.person("alice", Passkeys::Missing).await?;
    let tab = alice
        .open(server.url())
        .await?
        .with_patience(Duration::from_millis(100));

    let failure = tab.wait_for_text("li", "never").await.unwrap_err();
    assert!(
        matches!(&*failure.cause, Cause::TooLate(shown) if shown.contains("Add")),
        "{failure}"
    );
    let covered = tab.click("#add").await.unwrap_err();
    assert!(
        matches!(*covered.cause, Cause::TooLate(_)),
        "a disabled button was clicked"
    );
    let thrown = tab.eval::<bool>("missing.field").await.unwrap_err();
    assert!(
        matches!(&*thrown.cause, Cause::Script(said) if said.contains("ReferenceError")),
        "{thrown}"
    );
    Ok(())
}
