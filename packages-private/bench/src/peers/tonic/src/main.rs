//! The bench's service on tonic, and a client of it: one thread each, as the
//! others have one.
//!
//! ```text
//! bench-tonic server CERTIFICATE KEY
//! bench-tonic client AUTHORITY
//! ```

use std::error::Error;

mod client;
mod server;

mod proto {
    tonic::include_proto!("bench.v1");
}

/// Messages of 1 MiB and their prefix are within no limit's way.
const MAX_BYTES: usize = 16 * 1024 * 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["server", cert, key] => server::run(std::fs::read(cert)?, std::fs::read(key)?),
        ["client", authority] => client::run(std::fs::read(authority)?),
        _ => Err("usage: bench-tonic server CERTIFICATE KEY | bench-tonic client AUTHORITY".into()),
    }
}
