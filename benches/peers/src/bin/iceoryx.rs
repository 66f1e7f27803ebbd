//! iceoryx2's request-response, busy polling. `iceoryx serve NAME`; `iceoryx call NAME COUNT` prints nanoseconds, a line a call.

use std::time::Instant;

use iceoryx2::prelude::*;

#[derive(Clone, Copy, Debug, ZeroCopySend)]
#[repr(C)]
struct Add {
    a: i32,
    b: i32,
}

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let node = NodeBuilder::new().create::<ipc::Service>()?;
    let open = |name: &str| -> Result<_, Box<dyn core::error::Error>> {
        Ok(node.service_builder(&name.try_into()?).request_response::<Add, i32>().open_or_create()?)
    };
    match words[..] {
        ["serve", name] => {
            let service = open(name)?;
            let server = service.server_builder().create()?;
            println!("ready");
            loop {
                while let Some(request) = server.receive()? {
                    let sum = request.a + request.b;
                    request.loan_uninit()?.write_payload(sum).send()?;
                }
            }
        }
        ["call", name, count] => {
            let service = open(name)?;
            let client = service.client_builder().create()?;
            let count: usize = count.parse()?;
            let mut took = Vec::with_capacity(count);
            for _ in 0..count {
                let start = Instant::now();
                let pending = client.loan_uninit()?.write_payload(Add { a: 2, b: 3 }).send()?;
                let sum = loop {
                    if let Some(response) = pending.receive()? {
                        break *response;
                    }
                };
                took.push(start.elapsed().as_nanos());
                assert_eq!(sum, 5);
            }
            for nanoseconds in took {
                println!("{nanoseconds}");
            }
        }
        _ => return Err("usage: iceoryx serve NAME | iceoryx call NAME COUNT".into()),
    }
    Ok(())
}
