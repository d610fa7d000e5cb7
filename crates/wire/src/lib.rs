//! What crosses the network: schema, codecs and size limits.
