//! The bench's service on tonic.

use std::error::Error;
use std::pin::Pin;

use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_stream::{Stream, StreamExt};
use tonic::codec::CompressionEncoding;
use tonic::transport::{Identity, Server, ServerTlsConfig};
use tonic::{Request, Response, Status, Streaming};

use crate::MAX_BYTES;
use crate::proto::bench_service_server::{BenchService, BenchServiceServer};
use crate::proto::{Chunk, DownloadRequest, Hello, SayHelloRequest, SayHelloResponse, UploadResponse};

struct Bench;

type Chunks = Pin<Box<dyn Stream<Item = Result<Chunk, Status>> + Send>>;

#[tonic::async_trait]
impl BenchService for Bench {
    async fn say_hello(
        &self,
        request: Request<SayHelloRequest>,
    ) -> Result<Response<SayHelloResponse>, Status> {
        let greeting = format!("Hello, {}!", request.get_ref().name);
        Ok(Response::new(SayHelloResponse { greeting }))
    }

    async fn echo(&self, request: Request<Hello>) -> Result<Response<Hello>, Status> {
        Ok(Response::new(request.into_inner()))
    }

    async fn echo_chunk(&self, request: Request<Chunk>) -> Result<Response<Chunk>, Status> {
        Ok(Response::new(request.into_inner()))
    }

    type DownloadStream = Chunks;

    async fn download(
        &self,
        request: Request<DownloadRequest>,
    ) -> Result<Response<Chunks>, Status> {
        let DownloadRequest { count, size } = *request.get_ref();
        let chunk = Chunk { data: vec![b'a'; size as usize] };
        let chunks = tokio_stream::iter((0..count).map(move |_| Ok(chunk.clone())));
        Ok(Response::new(Box::pin(chunks)))
    }

    async fn upload(
        &self,
        request: Request<Streaming<Chunk>>,
    ) -> Result<Response<UploadResponse>, Status> {
        let mut chunks = request.into_inner();
        let mut size = 0;
        while let Some(chunk) = chunks.message().await? {
            size += chunk.data.len() as i32;
        }
        Ok(Response::new(UploadResponse { size }))
    }

    type PingPongStream = Chunks;

    async fn ping_pong(
        &self,
        request: Request<Streaming<Chunk>>,
    ) -> Result<Response<Chunks>, Status> {
        let chunks = request.into_inner().map(|chunk| chunk);
        Ok(Response::new(Box::pin(chunks)))
    }
}

fn service() -> BenchServiceServer<Bench> {
    BenchServiceServer::new(Bench)
        .accept_compressed(CompressionEncoding::Gzip)
        .send_compressed(CompressionEncoding::Gzip)
        .max_decoding_message_size(MAX_BYTES)
        .max_encoding_message_size(MAX_BYTES)
}

/// Serves, and says on which ports.
#[tokio::main(flavor = "current_thread")]
pub async fn run(cert: Vec<u8>, key: Vec<u8>) -> Result<(), Box<dyn Error>> {
    let plain = TcpListener::bind("127.0.0.1:0").await?;
    let secure = TcpListener::bind("127.0.0.1:0").await?;
    println!(
        "{{\"plain\":{},\"tls\":{}}}",
        plain.local_addr()?.port(),
        secure.local_addr()?.port()
    );
    let tls = ServerTlsConfig::new().identity(Identity::from_pem(cert, key));
    tokio::try_join!(
        Server::builder()
            .tcp_nodelay(true)
            .add_service(service())
            .serve_with_incoming(TcpListenerStream::new(plain)),
        Server::builder()
            .tcp_nodelay(true)
            .tls_config(tls)?
            .add_service(service())
            .serve_with_incoming(TcpListenerStream::new(secure)),
    )?;
    Ok(())
}
