//! What browsers see: pages, headers, origins; and what machines see: health, metrics, the description.

use crate::common::{TestServer, http};
use sotto_server::config::Secret;
use sotto_wire::limits;

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let server = TestServer::new().await;
    for path in [
        "/",
        "/docs",
        "/v1/server",
        "/v1/nothing",
        "/health/live",
        "/missing.js",
    ] {
        let answer = http::get(server.address, path, None).await;
        let policy = answer
            .header("content-security-policy")
            .unwrap_or_else(|| panic!("{path}"));
        assert!(
            policy.contains("script-src 'self' 'wasm-unsafe-eval'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe-inline"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert_eq!(
            answer.header("strict-transport-security"),
            None,
            "{path}: not over http"
        );
    }
    let secure = TestServer::with(|config| config.origin = "https://chat.example".parse().ok()).await;
    let answer = http::get(secure.address, "/", None).await;
    assert_eq!(
        answer.header("strict-transport-security"),
        Some("max-age=63072000")
    );
}

#[tokio::test]
async fn foreign_pages_may_not_connect() {
    let server = TestServer::new().await;
    let ask = async |origin: &str| {
        http::request(server.address, "GET", "/v1/server", &[("origin", origin)], b"")
            .await
            .code()
    };
    let by_number = server.origin.replace("localhost", "127.0.0.1");
    assert_eq!(ask(&server.origin).await, "");
    assert_eq!(ask(&by_number).await, "");
    for foreign in [
        "https://evil.example",
        "null",
        "http://localhost",
        "http://localhost:1",
    ] {
        assert_eq!(ask(foreign).await, "forbidden", "{foreign}");
    }
}

#[tokio::test]
async fn what_is_too_large_unknown_or_malformed_is_refused_in_one_shape() {
    let server = TestServer::new().await;
    let json = [("content-type", "application/json")];
    let large = vec![b' '; limits::REQUEST + 1];
    let cases: [(&str, &str, &[u8], u16, &str); 6] = [
        ("POST", "/v1/accounts", &large, 413, "too_large"),
        ("POST", "/v1/accounts", b"{", 400, "bad_request"),
        ("POST", "/v1/sessions", b"{}", 400, "bad_request"),
        ("GET", "/v1/nothing", b"", 404, "not_found"),
        ("GET", "/v1/ws", b"", 400, "bad_request"),
        ("PUT", "/v1/accounts", b"{}", 400, "bad_request"),
    ];
    for (method, path, body, status, code) in cases {
        let answer = http::request(server.address, method, path, &json, body).await;
        assert_eq!(
            (answer.status, &answer.code()[..]),
            (status, code),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn the_client_is_served_from_a_folder_cached_and_confined() {
    let server = TestServer::with(|config| config.web_dir = Some(config.data.join("web"))).await;
    let web = server.folder.path().join("web");
    std::fs::create_dir_all(&web).unwrap();
    std::fs::write(web.join("index.html"), "<h1>shell</h1>").unwrap();
    std::fs::write(web.join("ui-0123abcd.js"), "1").unwrap();
    std::fs::write(server.folder.path().join("secret.txt"), "secret").unwrap();

    let index = http::get(server.address, "/", None).await;
    assert_eq!((index.status, &index.body[..]), (200, &b"<h1>shell</h1>"[..]));
    assert_eq!(index.header("cache-control"), Some("no-cache"));
    let tag = index.header("etag").unwrap();
    let again = http::request(server.address, "GET", "/", &[("if-none-match", tag)], b"").await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    let view = http::get(server.address, "/chats/42", None).await;
    assert_eq!(view.body, index.body);
    let script = http::get(server.address, "/ui-0123abcd.js", None).await;
    assert_eq!(
        script.header("content-type"),
        Some("text/javascript; charset=utf-8")
    );
    assert!(script.header("cache-control").unwrap().contains("immutable"));
    for outside in [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/nothing.js",
        "/v1",
        "/docs/nothing",
    ] {
        assert_eq!(
            http::get(server.address, outside, None).await.status,
            404,
            "{outside}"
        );
    }
}

#[tokio::test]
async fn the_description_is_there_for_programs_and_people() {
    let server = TestServer::new().await;
    let description = http::get(server.address, "/v1/openapi.json", None).await.json();
    assert!(description["paths"]["/v1/accounts"]["post"]["requestBody"].is_object());
    assert!(description["components"]["schemas"]["Register"].is_object());
    let page = http::get(server.address, "/docs", None).await;
    let text = String::from_utf8(page.body).unwrap();
    assert!(text.contains("POST /v1/accounts") && text.contains("id=\"Register\""));
    assert!(!text.contains("<script") && !text.contains("style=\""));
    assert_eq!(
        http::get(server.address, "/docs/style.css", None).await.status,
        200
    );
}

#[tokio::test]
async fn metrics_are_for_the_machine_itself_or_for_bearers() {
    let server = TestServer::new().await;
    server.person("alice").await;
    let metrics = http::get(server.address, "/metrics", None).await;
    let text = String::from_utf8(metrics.body).unwrap();
    assert!(text.contains("sotto_registrations_total 1\n"), "{text}");
    let passed_on = [("x-forwarded-for", "192.0.2.1")];
    let refused = http::request(server.address, "GET", "/metrics", &passed_on, b"").await;
    assert_eq!(refused.code(), "forbidden");

    let guarded = TestServer::with(|config| config.metrics_token = Some(Secret("let me in".into()))).await;
    let ask = async |token: &str| {
        let bearer = [("authorization", token)];
        http::request(guarded.address, "GET", "/metrics", &bearer, b"")
            .await
            .status
    };
    assert_eq!(ask("Bearer let me in").await, 200);
    assert_eq!(ask("Bearer let me").await, 403);
    assert_eq!(ask("").await, 403);
}
