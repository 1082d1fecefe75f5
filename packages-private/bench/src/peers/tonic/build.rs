use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let protos = "../../server/proto";
    println!("cargo:rerun-if-changed={protos}");
    let descriptors = protox::compile(["bench/v1/bench.proto"], [protos])?;
    tonic_prost_build::configure().compile_fds(descriptors)?;
    Ok(())
}
