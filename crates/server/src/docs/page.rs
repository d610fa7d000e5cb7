//! `GET /docs`: the description for people, as a page without scripts.

use super::describe::Description;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use serde_json::Value;
use std::fmt::Write;
use utoipa::OpenApi;

const STYLE: &str = include_str!("style.css");

/// The page.
pub(crate) async fn page() -> Html<String> {
    let description = serde_json::to_value(Description::openapi()).unwrap_or_default();
    let mut page = String::new();
    // Writing to a String can't fail.
    let _ = render(&description, &mut page);
    Html(page)
}

/// The page's style.
pub(crate) async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}

fn render(description: &Value, page: &mut String) -> std::fmt::Result {
    page.push_str(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sotto: the control plane</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><link rel=\"stylesheet\" href=\"/docs/style.css\">\
         </head><body><main><h1>Sotto: the control plane</h1>",
    );
    let about = text(&description["info"]["description"]);
    write!(
        page,
        "<p>{about} For programs: <a href=\"/v1/openapi.json\">openapi.json</a>.</p><h2>Calls</h2>"
    )?;
    for (path, methods) in members(&description["paths"]) {
        for (method, call) in members(methods) {
            render_call(path, method, call, page)?;
        }
    }
    page.push_str("<h2>Types</h2>");
    for (name, schema) in members(&description["components"]["schemas"]) {
        render_type(name, schema, page)?;
    }
    page.push_str("</main></body></html>");
    Ok(())
}

fn render_call(path: &str, method: &str, call: &Value, page: &mut String) -> std::fmt::Result {
    let method = method.to_uppercase();
    write!(
        page,
        "<section><h3><code>{} {}</code></h3>",
        escape(&method),
        escape(path)
    )?;
    write!(page, "<p>{}</p><dl>", text(&call["summary"]))?;
    if call["security"].is_array() {
        page.push_str("<dt>Signed in</dt><dd>yes</dd>");
    }
    if let Some(asks) = body_type(&call["requestBody"]) {
        write!(page, "<dt>Asks</dt><dd>{asks}</dd>")?;
    }
    for (status, response) in members(&call["responses"]) {
        let answer = body_type(response).unwrap_or_else(|| text(&response["description"]));
        write!(page, "<dt>{}</dt><dd>{answer}</dd>", escape(status))?;
    }
    page.push_str("</dl></section>");
    Ok(())
}

fn render_type(name: &str, schema: &Value, page: &mut String) -> std::fmt::Result {
    let name = escape(name);
    write!(page, "<section id=\"{name}\"><h3><code>{name}</code></h3>")?;
    write!(page, "<p>{}</p><dl>", text(&schema["description"]))?;
    for (field, about) in members(&schema["properties"]) {
        let kind = reference(about).unwrap_or_else(|| text(&about["type"]));
        let words = text(&about["description"]);
        write!(
            page,
            "<dt><code>{}</code> {kind}</dt><dd>{words}</dd>",
            escape(field)
        )?;
    }
    page.push_str("</dl></section>");
    Ok(())
}

/// The type of a body in JSON.
fn body_type(body: &Value) -> Option<String> {
    reference(&body["content"]["application/json"]["schema"])
}

/// A link to a named type.
fn reference(schema: &Value) -> Option<String> {
    let name = escape(schema["$ref"].as_str()?.rsplit('/').next()?);
    Some(format!("<a href=\"#{name}\"><code>{name}</code></a>"))
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => escape(text),
        Value::Array(kinds) => kinds.iter().map(text).collect::<Vec<_>>().join(" or "),
        _ => String::new(),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
