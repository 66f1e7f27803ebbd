//! The files of older programs: one lane, no version, no locks. The status alone counts, on either side.

use std::fs::{File, OpenOptions, Permissions};
use std::os::unix::fs::{FileExt, PermissionsExt};

use metropipe::channel::protocol;
use metropipe::channel::{Consumer, Contract, Offer, Provider};

use crate::*;

/// What stands in the words of a header that nobody may rely on, flags included but for the version.
const ANYTHING: [u8; 24] = [
    0xaa, 0xab, 0xac, 0xad, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6, 0xff, 0xff,
    0xff, 0,
];

/// An older program's file with room for so many bytes, readable for everybody as those are.
fn older_file(place: &Place, room: usize) -> File {
    let mut bytes = vec![0; 32 + room];
    bytes[4..28].copy_from_slice(&ANYTHING);
    bytes[28..31].copy_from_slice(&[7; 3]);
    opening::write_private(&place.path(), &bytes);
    std::fs::set_permissions(place.path(), Permissions::from_mode(0o644)).unwrap();
    let mut options = OpenOptions::new();
    options.read(true).write(true).open(place.path()).unwrap()
}

fn word_at(file: &File, at: u64) -> u32 {
    let mut word = [0; 4];
    file.read_exact_at(&mut word, at).unwrap();
    u32::from_le_bytes(word)
}

fn put_word(file: &File, at: u64, word: u32) {
    file.write_all_at(&word.to_le_bytes(), at).unwrap();
}

/// An older consumer's call: arguments, status 1, a look now and then, and 0 at the end.
#[track_caller]
fn ask(file: &File, request: &[u8]) -> u32 {
    file.write_all_at(request, 32).unwrap();
    put_word(file, 0, protocol::REQUEST);
    eventually("an answer", || protocol::is_answer(word_at(file, 0)));
    let status = word_at(file, 0);
    put_word(file, 0, protocol::IDLE);
    status
}

fn arguments(k: i32, millis: i32) -> Vec<u8> {
    [k.to_le_bytes(), millis.to_le_bytes()].concat()
}

#[test]
fn a_provider_serves_an_older_programs_file() {
    let place = Place::new();
    // A size that is no multiple of anything.
    let file = older_file(&place, 77);
    let provider = place.provider().unwrap();
    assert_eq!(provider.lanes(), 1);
    let serving = Serving::of(provider, 4);
    assert_eq!(ask(&file, &arguments(21, 0)), protocol::RESPONSE);
    assert_eq!(word_at(&file, 40), 42);
    // Neither the code nor the size of a request says anything.
    for (size, code) in [(0, 0), (u32::MAX, 5)] {
        put_word(&file, 8, size);
        put_word(&file, 16, code);
        assert_eq!(ask(&file, &arguments(-4, 0)), protocol::RESPONSE);
        assert_eq!(word_at(&file, 40), -8_i32 as u32);
    }
    assert_eq!(ask(&file, &arguments(1, PANIC)), protocol::ERROR);
    let size = word_at(&file, 8) as usize;
    let mut text = vec![0; size];
    file.read_exact_at(&mut text, 32).unwrap();
    assert_eq!(text, b"panic: no such number");

    let text = text_of(place.provider().map(drop));
    assert!(text.contains("a provider runs already"), "{text}");
    let mut flags = [0; 16];
    file.read_exact_at(&mut flags, 16).unwrap();
    serving.end().unwrap();
    assert_eq!(place.names(), ["metro_double"], "the file stays");
    let mut header = [0; 32];
    let stays = File::open(place.path()).unwrap();
    stays.read_exact_at(&mut header, 0).unwrap();
    assert_eq!(header[0..4], [0; 4]);
    assert_eq!(header[20..], flags[4..], "fingerprint, process id, flags");
    assert_eq!(header[28..], [7, 7, 7, 0]);
}

#[test]
fn a_request_that_waits_in_an_older_file_is_served_and_an_ending_provider_answers() {
    let place = Place::new();
    let file = older_file(&place, 1024);
    file.write_all_at(&arguments(5, 0), 32).unwrap();
    put_word(&file, 0, protocol::REQUEST);
    let serving = place.serve();
    eventually("an answer", || word_at(&file, 0) == protocol::RESPONSE);
    assert_eq!(word_at(&file, 40), 10);
    file.write_all_at(&arguments(5, 3000), 32).unwrap();
    put_word(&file, 0, protocol::REQUEST);
    eventually("a running call", || word_at(&file, 0) == protocol::RUNNING);
    serving.end().unwrap();
    assert_eq!(word_at(&file, 0), protocol::ERROR);
    // What a provider had begun that died is an error, too.
    put_word(&file, 0, protocol::RUNNING);
    let _serving = place.serve();
    assert_eq!(word_at(&file, 0), protocol::ERROR);
    assert_eq!(word_at(&file, 16), protocol::RESTARTED);
}

#[test]
fn an_answer_that_nobody_waits_for_is_not_the_next_calls() {
    let place = Place::new();
    let file = older_file(&place, 64);
    let _serving = place.serve();
    file.write_all_at(&arguments(1, 300), 32).unwrap();
    put_word(&file, 0, protocol::REQUEST);
    eventually("a running call", || word_at(&file, 0) == protocol::RUNNING);
    put_word(&file, 0, protocol::IDLE);
    assert_eq!(ask(&file, &arguments(7, 0)), protocol::RESPONSE);
    assert_eq!(word_at(&file, 40), 14);
}

#[test]
fn a_raw_provider_reads_and_writes_the_length_in_an_older_file() {
    let place = Place::new();
    let file = older_file(&place, 64);
    let contract = Contract::raw("double", 4096, "");
    let provider = Provider::start_at(place.path(), contract, Offer::default()).unwrap();
    let stop = provider.stop_handle();
    let twice = |request: &Request<'_>| {
        let bytes = request.payload.get(0, request.size).repeat(2);
        request.payload.put(0, &bytes);
        Ok(bytes.len())
    };
    let thread = std::thread::spawn(move || provider.serve(1, twice));
    put_word(&file, 8, 3);
    assert_eq!(ask(&file, b"abc"), protocol::RESPONSE);
    let mut answer = [0; 6];
    file.read_exact_at(&mut answer, 32).unwrap();
    assert_eq!((word_at(&file, 8), &answer), (6, b"abcabc"));
    put_word(&file, 8, 65);
    assert_eq!(ask(&file, b"abc"), protocol::ERROR);
    assert_eq!(word_at(&file, 16), protocol::MISMATCH);
    let consumer = Consumer::at(place.path(), Contract::raw("double", 4096, ""));
    assert_eq!(consumer.ping(None).unwrap().canonical, "raw");
    assert_eq!(consumer.call_raw(b"xy", None), Ok(b"xyxy".to_vec()));
    stop.stop();
    thread.join().unwrap().unwrap();
}

#[test]
fn an_older_file_that_is_too_small_is_replaced_by_force_alone() {
    let place = Place::new();
    let file = older_file(&place, 11);
    let texts = [
        text_of(place.provider().map(drop)),
        text_of(call(&place.consumer(), 1)),
    ];
    assert_eq!(
        texts[0],
        format!(
            "double: {}: is of an older program and has room for 11 bytes, 12 are needed; --force replaces it",
            place.path().display()
        )
    );
    assert!(texts[1].contains("has 11 bytes a lane, 12 are needed"));
    assert_eq!(word_at(&file, 0), protocol::IDLE, "it is not touched");
    let offer = Offer {
        force: true,
        ..Offer::default()
    };
    let provider = Provider::start_at(place.path(), contract(), offer).unwrap();
    assert_eq!(provider.lanes(), 16);
    let _serving = Serving::of(provider, 1);
    assert_eq!(call(&place.consumer(), 1), Ok(2));
}

#[test]
fn an_older_file_that_others_may_write_is_refused() {
    let place = Place::new();
    let _file = older_file(&place, 64);
    for mode in [0o620, 0o646] {
        std::fs::set_permissions(place.path(), Permissions::from_mode(mode)).unwrap();
        for text in [
            text_of(place.provider().map(drop)),
            text_of(call(&place.consumer(), 1)),
        ] {
            assert!(text.contains("others may read or write it"), "{text}");
        }
    }
}

/// An older provider, which answers so many requests: it writes the bytes, this size, and status 3.
fn answers(place: &Place, times: usize, bytes: &'static [u8], size: u32) -> JoinHandle<()> {
    let path = place.path();
    std::thread::spawn(move || {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .unwrap();
        for _ in 0..times {
            eventually("a request", || word_at(&file, 0) == protocol::REQUEST);
            file.write_all_at(bytes, 32).unwrap();
            put_word(&file, 8, size);
            put_word(&file, 0, protocol::RESPONSE);
        }
    })
}

#[test]
fn an_older_provider_is_called() {
    let place = Place::new();
    let file = older_file(&place, 1024);
    let older = answers(&place, 2, b"answer", 6);
    let consumer = Consumer::at(place.path(), Contract::raw("double", 1024, ""));
    for _ in 0..2 {
        assert_eq!(consumer.call_raw(b"request", None), Ok(b"answer".to_vec()));
        assert_eq!(word_at(&file, 0), protocol::IDLE);
    }
    older.join().unwrap();

    let consumer = place.consumer();
    for size in [0, 12, u32::MAX] {
        let older = answers(&place, 1, b"\x01\0\0\0\0\0\0\0\x2c\0\0\0", size);
        assert_eq!(call(&consumer, 1), Ok(44));
        assert_eq!(word_at(&file, 0), protocol::IDLE);
        older.join().unwrap();
    }
    // Nobody is there, and no lock says so: the deadline alone ends the wait.
    let short = Duration::from_millis(150);
    let text = text_of(call_for(&consumer, 1, 0, short));
    assert!(
        text.contains("no answer within 0.15 s") && text.contains("may still run"),
        "{text}"
    );
}
