//! A client of the bench's service: it reads windows from standard input, line
//! by line, and answers each with a line.

use std::collections::HashMap;
use std::error::Error;
use std::io::BufRead;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};

use crate::MAX_BYTES;
use crate::proto::bench_service_client::BenchServiceClient;
use crate::proto::{Chunk, DownloadRequest, SayHelloRequest};

type Stub = BenchServiceClient<Channel>;
type Failure = Box<dyn Error + Send + Sync>;

/// What the bench asks for: calls of one kind, in a closed loop.
#[derive(Clone)]
struct Window {
    work: String,
    width: u64,
    count: u64,
    size: u64,
    until: Instant,
}

/// What came of it.
#[derive(Default)]
struct Done {
    amount: u64,
    /// How long each call took, where they were made one by one.
    micros: Vec<f64>,
}

pub fn run(authority: Vec<u8>) -> Result<(), Box<dyn Error>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut stubs = HashMap::new();
    println!("null");
    for line in std::io::stdin().lock().lines() {
        let command: Value = serde_json::from_str(&line?)?;
        let id = &command["id"];
        let answer = match answer(&runtime, &mut stubs, &authority, &command["argument"]) {
            Ok(value) => json!({ "id": id, "value": value }),
            Err(error) => json!({ "id": id, "error": format!("{error:?}") }),
        };
        println!("{answer}");
    }
    Ok(())
}

fn answer(
    runtime: &Runtime,
    stubs: &mut HashMap<u64, Stub>,
    authority: &[u8],
    asked: &Value,
) -> Result<Value, Failure> {
    let number = |name: &str| asked[name].as_u64().unwrap_or(0);
    let port = number("port");
    if !stubs.contains_key(&port) {
        let tls = asked["tls"].as_bool().unwrap_or(false);
        stubs.insert(port, runtime.block_on(connect(port, tls, authority))?);
    }
    let started_at = Instant::now();
    let seconds = asked["seconds"].as_f64().ok_or("how long is missing")?;
    let window = Window {
        work: asked["work"].as_str().unwrap_or_default().to_owned(),
        width: number("width"),
        count: number("count"),
        size: number("size"),
        until: started_at + Duration::from_secs_f64(seconds),
    };
    let Done { amount, micros } = runtime.block_on(run_window(&stubs[&port], window))?;
    Ok(json!({
        "amount": amount,
        "seconds": started_at.elapsed().as_secs_f64(),
        "micros": micros,
    }))
}

async fn connect(port: u64, tls: bool, authority: &[u8]) -> Result<Stub, Failure> {
    let scheme = if tls { "https" } else { "http" };
    let mut endpoint = Endpoint::from_shared(format!("{scheme}://127.0.0.1:{port}"))?;
    if tls {
        let config = ClientTlsConfig::new()
            .ca_certificate(Certificate::from_pem(authority))
            .domain_name("bench.test");
        endpoint = endpoint.tls_config(config)?;
    }
    let channel = endpoint.tcp_nodelay(true).connect().await?;
    Ok(BenchServiceClient::new(channel)
        .max_decoding_message_size(MAX_BYTES)
        .max_encoding_message_size(MAX_BYTES))
}

async fn run_window(stub: &Stub, window: Window) -> Result<Done, Failure> {
    let mut workers = JoinSet::new();
    for _ in 0..window.width {
        workers.spawn(keep_calling(stub.clone(), window.clone()));
    }
    let mut all = Done::default();
    while let Some(done) = workers.join_next().await {
        let Done { amount, micros } = done??;
        all.amount += amount;
        all.micros.extend(micros);
    }
    Ok(all)
}

async fn keep_calling(mut stub: Stub, window: Window) -> Result<Done, Failure> {
    let chunk = Chunk { data: vec![0; window.size as usize] };
    let mut done = Done::default();
    loop {
        let began = Instant::now();
        if began >= window.until {
            return Ok(done);
        }
        done.amount += call(&mut stub, &window, &chunk).await?;
        if window.work == "latency" {
            done.micros.push(began.elapsed().as_nanos() as f64 / 1000.0);
        }
    }
}

/// Makes one call, and answers how many of the unit it is worth.
async fn call(stub: &mut Stub, window: &Window, chunk: &Chunk) -> Result<u64, Failure> {
    match window.work.as_str() {
        "unary" | "latency" => say_hello(stub).await,
        "echo" => echo(stub, chunk).await,
        "download" => download(stub, window).await,
        "upload" => upload(stub, window.count, chunk).await,
        "ping-pong" => ping_pong(stub, window.count, chunk).await,
        work => Err(format!("no work is called {work}").into()),
    }
}

async fn say_hello(stub: &mut Stub) -> Result<u64, Failure> {
    let request = SayHelloRequest { name: "Ada".to_owned() };
    let greeting = stub.say_hello(request).await?.into_inner().greeting;
    if greeting != "Hello, Ada!" {
        return Err(format!("the greeting is {greeting}").into());
    }
    Ok(1)
}

async fn echo(stub: &mut Stub, chunk: &Chunk) -> Result<u64, Failure> {
    let answer = stub.echo_chunk(chunk.clone()).await?.into_inner();
    check_size(&answer, chunk.data.len())?;
    Ok(1)
}

async fn download(stub: &mut Stub, window: &Window) -> Result<u64, Failure> {
    let request = DownloadRequest { count: window.count as i32, size: window.size as i32 };
    let mut chunks = stub.download(request).await?.into_inner();
    let mut received = 0;
    while let Some(chunk) = chunks.message().await? {
        check_size(&chunk, window.size as usize)?;
        received += 1;
    }
    if received != window.count {
        return Err(format!("{received} messages have arrived").into());
    }
    Ok(received)
}

async fn upload(stub: &mut Stub, count: u64, chunk: &Chunk) -> Result<u64, Failure> {
    let sent = chunk.clone();
    let chunks = tokio_stream::iter((0..count).map(move |_| sent.clone()));
    let size = stub.upload(chunks).await?.into_inner().size;
    if size as u64 != count * chunk.data.len() as u64 {
        return Err(format!("{size} octets have arrived").into());
    }
    Ok(count)
}

async fn ping_pong(stub: &mut Stub, trips: u64, chunk: &Chunk) -> Result<u64, Failure> {
    let (sender, receiver) = mpsc::channel(1);
    // Some servers send their headers with the first answer only.
    sender.send(chunk.clone()).await?;
    let mut answers = stub.ping_pong(ReceiverStream::new(receiver)).await?.into_inner();
    for trip in 1..=trips {
        let answer = answers.message().await?.ok_or("the server ended the call")?;
        check_size(&answer, chunk.data.len())?;
        if trip < trips {
            sender.send(chunk.clone()).await?;
        }
    }
    drop(sender);
    if answers.message().await?.is_some() {
        return Err("the call went on".into());
    }
    Ok(trips)
}

fn check_size(chunk: &Chunk, size: usize) -> Result<(), Failure> {
    if chunk.data.len() == size {
        return Ok(());
    }
    Err(format!("a message of {} octets", chunk.data.len()).into())
}
