//! `GET /v1/openapi.json`

use axum::Json;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sotto",
        description = "The control plane. Bytes are base64url without padding, times are milliseconds since the \
                       Unix epoch. Every refusal has one shape and a stable code; the codes are in docs/ERRORS.md."
    ),
    paths(
        crate::info::server_info,
        crate::sessions::challenge,
        crate::sessions::sign_in,
        crate::sessions::sign_out,
        crate::passkeys::passkey_registration,
        crate::passkeys::passkey_assertion,
        crate::passkeys::prove_account,
        crate::accounts::register,
        crate::accounts::by_username,
        crate::accounts::by_id,
        crate::accounts::me,
        crate::accounts::change_me,
        crate::accounts::delete_me,
        crate::devices::add_device,
        crate::devices::replace_devices,
        crate::prekeys::claim_prekeys,
        crate::prekeys::upload_prekeys,
        crate::socket::socket,
    ),
    modifiers(&Token)
)]
pub(super) struct Description;

/// The token that most endpoints want.
struct Token;

impl Modify for Token {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The token of a session, as base64url"))
            .build();
        openapi
            .components
            .get_or_insert_default()
            .add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

/// The description for programs.
pub(crate) async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table in the contract, row by row.
    fn endpoints() -> Vec<(String, String)> {
        let source = include_str!("../../../wire/src/api.rs");
        let rows = source.lines().filter_map(|line| line.strip_prefix("//! | `"));
        rows.map(|row| {
            let call = row.split('`').next().unwrap();
            let (method, path) = call.split_once(' ').unwrap();
            (method.to_lowercase(), path.to_owned())
        })
        .collect()
    }

    #[test]
    fn everything_in_the_contract_is_described() {
        let description = serde_json::to_value(Description::openapi()).unwrap();
        let endpoints = endpoints();
        assert_eq!(endpoints.len(), 17, "{endpoints:?}");
        for (method, path) in endpoints {
            assert!(
                description["paths"][&path][&method].is_object(),
                "{method} {path}"
            );
        }
    }
}
