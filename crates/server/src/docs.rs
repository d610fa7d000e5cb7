//! The server's description of itself: `GET /v1/openapi.json` for programs, `GET /docs` for people.

mod describe;
mod page;

pub(crate) use describe::openapi;
pub(crate) use page::{page, style};
