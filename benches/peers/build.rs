//! The gRPC service, described in Rust so that no protoc is needed; `service.proto` is the same for Python.

use tonic_build::manual::{Builder, Method, Service};

fn main() {
    let method = |name: &str, route: &str, input: &str, output: &str| {
        Method::builder()
            .name(name)
            .route_name(route)
            .input_type(input)
            .output_type(output)
            .codec_path("tonic_prost::ProstCodec")
            .build()
    };
    let peer = Service::builder()
        .name("Peer")
        .package("peer")
        .method(method("add", "Add", "crate::AddRequest", "crate::AddReply"))
        .method(method("classify", "Classify", "crate::ClassifyRequest", "crate::ClassifyReply"))
        .build();
    Builder::new().compile(&[peer]);
}
