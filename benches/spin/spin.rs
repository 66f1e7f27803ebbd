//! The least that a Rust caller can take: one word to and fro. Usage: spin FILE COUNT; prints nanoseconds, a line a call.

use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

unsafe extern "C" {
    fn mmap(at: *mut u8, size: usize, protection: i32, flags: i32, file: i32, offset: i64) -> *mut u8;
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let file = std::fs::File::options().read(true).write(true).open(&arguments[1]).unwrap();
    let count: usize = arguments[2].parse().unwrap();
    // SAFETY: a shared read-write mapping of one page that lives as long as the program.
    let page = unsafe { mmap(std::ptr::null_mut(), 4096, 3, 1, file.as_raw_fd(), 0) };
    // SAFETY: the page is mapped and aligned; every side uses atomics.
    let word = unsafe { AtomicU32::from_ptr(page.cast()) };
    let mut took = Vec::with_capacity(count);
    for _ in 0..count {
        let start = Instant::now();
        word.store(1, Ordering::Release);
        while word.load(Ordering::Acquire) != 3 {
            std::hint::spin_loop();
        }
        took.push(start.elapsed().as_nanos());
    }
    for nanoseconds in took {
        println!("{nanoseconds}");
    }
}
