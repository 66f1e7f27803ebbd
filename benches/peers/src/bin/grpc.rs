//! gRPC over a Unix socket by tonic. `grpc serve SOCKET`; `grpc call SOCKET add|classify COUNT` prints nanoseconds, a line a call.

use std::time::Instant;

use tokio::net::{UnixListener, UnixStream};
use tokio_stream::wrappers::UnixListenerStream;
use tonic::transport::{Endpoint, Server, Uri};
use tonic::{Request, Response, Status};

tonic::include_proto!("peer.Peer");

#[derive(Clone, PartialEq, prost::Message)]
pub struct AddRequest {
    #[prost(int32, tag = "1")]
    a: i32,
    #[prost(int32, tag = "2")]
    b: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct AddReply {
    #[prost(int32, tag = "1")]
    sum: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct ClassifyRequest {
    #[prost(string, tag = "1")]
    text: String,
    #[prost(int32, tag = "2")]
    k: i32,
    #[prost(float, tag = "3")]
    threshold: f32,
    #[prost(bool, tag = "4")]
    flag: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct ClassifyReply {
    #[prost(float, tag = "1")]
    score: f32,
}

struct Peer;

#[tonic::async_trait]
impl peer_server::Peer for Peer {
    async fn add(&self, request: Request<AddRequest>) -> Result<Response<AddReply>, Status> {
        let request = request.into_inner();
        Ok(Response::new(AddReply { sum: request.a + request.b }))
    }

    async fn classify(&self, request: Request<ClassifyRequest>) -> Result<Response<ClassifyReply>, Status> {
        let request = request.into_inner();
        let score = (request.text.len() as i32 * request.k) as f32 * request.threshold;
        Ok(Response::new(ClassifyReply { score: if request.flag { score } else { -score } }))
    }
}

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["serve", socket] => {
            let listener = UnixListener::bind(socket)?;
            println!("ready");
            let service = peer_server::PeerServer::new(Peer);
            Server::builder().add_service(service).serve_with_incoming(UnixListenerStream::new(listener)).await?;
        }
        ["call", socket, function, count] => call(socket.to_string(), function, count.parse()?).await?,
        _ => return Err("usage: grpc serve SOCKET | grpc call SOCKET add|classify COUNT".into()),
    }
    Ok(())
}

async fn call(socket: String, function: &str, count: usize) -> Result<(), Failure> {
    // The address is never looked up: the connector goes to the socket.
    let channel = Endpoint::from_static("http://localhost")
        .connect_with_connector(tower::service_fn(move |_: Uri| {
            let socket = socket.clone();
            async move { UnixStream::connect(socket).await.map(hyper_util::rt::TokioIo::new) }
        }))
        .await?;
    let mut client = peer_client::PeerClient::new(channel);
    let mut took = Vec::with_capacity(count);
    for _ in 0..count {
        let start = Instant::now();
        if function == "add" {
            let reply = client.add(AddRequest { a: 2, b: 3 }).await?.into_inner();
            assert_eq!(reply.sum, 5);
        } else {
            let request = ClassifyRequest { text: "some text".into(), k: 3, threshold: 0.5, flag: true };
            let reply = client.classify(request).await?.into_inner();
            assert_eq!(reply.score, 13.5);
        }
        took.push(start.elapsed().as_nanos());
    }
    for nanoseconds in took {
        println!("{nanoseconds}");
    }
    Ok(())
}
