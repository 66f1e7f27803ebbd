//! What is opened, what is refused, and how a file is made.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use metropipe::channel::protocol;
use metropipe::channel::{Consumer, Offer, Provider};

use crate::roles::Actor;
use crate::*;

pub fn write_private(path: &Path, bytes: &[u8]) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    std::io::Write::write_all(&mut options.open(path).unwrap(), bytes).unwrap();
}

/// Neither side speaks to what stands at the path, nor touches it.
#[track_caller]
fn check_refused(place: &Place, wanted: &str) {
    let before = std::fs::symlink_metadata(place.path()).unwrap();
    let texts = [
        text_of(place.provider().map(drop)),
        text_of(call(&place.consumer(), 1)),
    ];
    for text in texts {
        assert!(text.contains(wanted), "{text}");
        assert!(text.contains("metro_double"), "{text}");
    }
    let after = std::fs::symlink_metadata(place.path()).unwrap();
    assert_eq!(
        (before.ino(), before.mode(), before.size()),
        (after.ino(), after.mode(), after.size())
    );
    assert_eq!(place.names(), ["metro_double"]);
}

#[test]
fn a_name_is_judged_before_a_path_is_made_of_it() {
    for good in ["a", "_", "Class.method", "a-b_c.9", &"x".repeat(64)] {
        assert_eq!(protocol::check_name(good), Ok(()), "{good}");
    }
    for bad in [
        "",
        ".",
        "..",
        "a/b",
        "../x",
        "-a",
        "9a",
        "a b",
        "é",
        "a\0",
        &"x".repeat(65),
    ] {
        assert!(protocol::check_name(bad).is_err(), "{bad}");
        assert!(protocol::channel_path(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_symbolic_link_is_not_followed() {
    let place = Place::new();
    let serving = place.serve();
    let elsewhere = Place::new();
    std::os::unix::fs::symlink(place.path(), elsewhere.path()).unwrap();
    check_refused(&elsewhere, "is a symbolic link");
    serving.end().unwrap();
}

#[test]
fn a_fifo_neither_blocks_nor_serves() {
    let place = Place::new();
    let path = CString::new(place.path().as_os_str().as_bytes()).unwrap();
    // SAFETY: the path is a C string that lives for the call.
    assert_eq!(unsafe { libc::mkfifo(path.as_ptr(), 0o600) }, 0);
    check_refused(&place, "is not a regular file");
}

#[test]
fn a_folder_is_no_channel() {
    let place = Place::new();
    std::fs::create_dir(place.path()).unwrap();
    check_refused(&place, "is not a regular file");
}

#[test]
fn a_file_that_others_may_read_is_refused() {
    let place = Place::new();
    let serving = place.serve();
    for mode in [0o640, 0o604, 0o620] {
        std::fs::set_permissions(place.path(), PermissionsExt::from_mode(mode)).unwrap();
        check_refused(
            &place,
            &format!("others may read or write it (mode {mode:04o}); chmod 600 it"),
        );
    }
    std::fs::set_permissions(place.path(), PermissionsExt::from_mode(0o600)).unwrap();
    serving.end().unwrap();
}

#[test]
fn a_file_of_another_user_is_refused() {
    let place = Place::new();
    write_private(&place.path(), &[0; 64]);
    // SAFETY: geteuid has no preconditions.
    let me = unsafe { libc::geteuid() };
    if me != 0 {
        // Only root can give a file away; what it sees then, anybody sees.
        let text = protocol::judge(&std::fs::File::open("/etc/passwd").unwrap())
            .unwrap_err()
            .to_string();
        assert_eq!(text, format!("is owned by user 0, not by {me}"));
        return;
    }
    std::os::unix::fs::chown(place.path(), Some(65534), None).unwrap();
    check_refused(&place, "is owned by user 65534, not by 0");
}

#[test]
fn a_garbage_header_is_an_error_for_consumers_and_replaced_by_a_provider() {
    let mut newer = vec![0; 128];
    newer[31] = 2;
    let mut odd = vec![0; 4128];
    odd[12] = 64;
    odd[31] = 1;
    let mut disagreeing = vec![0; 2 * 128];
    (disagreeing[12], disagreeing[128 + 12]) = (64, 65);
    disagreeing[31] = 1;
    let cases: [(Vec<u8>, &str); 5] = [
        (Vec::new(), "too short"),
        (vec![1; 31], "too short"),
        (newer, "is of version 2"),
        (odd, "no multiple of its stride"),
        (disagreeing, "lane 1 disagrees"),
    ];
    for (bytes, wanted) in cases {
        let place = Place::new();
        write_private(&place.path(), &bytes);
        let text = text_of(call(&place.consumer(), 1));
        assert!(text.contains(wanted), "{text}");
        assert_eq!(
            std::fs::read(place.path()).unwrap(),
            bytes,
            "it is not touched"
        );
        let _serving = place.serve();
        assert_eq!(call(&place.consumer(), 1), Ok(2));
        assert_eq!(place.names(), ["metro_double"]);
    }
    let place = Place::new();
    write_private(&place.path(), &[0xff; 5000]);
    assert!(text_of(call(&place.consumer(), 1)).contains("is of version 255"));
}

#[test]
fn a_missing_file_means_no_provider() {
    let place = Place::new();
    let answer = call(&place.consumer(), 1);
    assert!(matches!(answer, Err(Error::NoProvider(_))), "{answer:?}");
    assert_eq!(
        place.names(),
        Vec::<String>::new(),
        "a consumer makes nothing"
    );
}

#[test]
fn a_full_file_system_is_an_error_and_no_fault() {
    let place = Place::new();
    let mut actor = Actor::start("full file system", place.folder.path());
    assert_eq!(actor.said(), "as it should be");
    actor.ended();
}

/// In a process of its own, with mounts of its own: root may do so, and most others in a user namespace.
pub fn in_a_full_file_system(folder: &Path) -> String {
    // SAFETY: neither call touches memory of ours.
    let apart = unsafe {
        libc::unshare(libc::CLONE_NEWNS) == 0
            || libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNS) == 0
    };
    let target = CString::new(folder.as_os_str().as_bytes()).unwrap();
    let mount = |size: &str| {
        let options = CString::new(format!("size={size}")).unwrap();
        // SAFETY: all are C strings that live for the calls. What is mounted is seen by this process alone.
        unsafe {
            libc::mount(
                c"none".as_ptr(),
                c"/".as_ptr(),
                std::ptr::null(),
                libc::MS_REC | libc::MS_PRIVATE,
                std::ptr::null(),
            );
            libc::mount(
                c"none".as_ptr(),
                target.as_ptr(),
                c"tmpfs".as_ptr(),
                0,
                options.as_ptr().cast(),
            )
        }
    };
    if !apart || mount("48k") != 0 {
        return format!(
            "this test needs root or user namespaces: {}",
            std::io::Error::last_os_error()
        );
    }
    let path = folder.join("metro_double");
    // The headers of 16 lanes do not fit.
    let text = text_of(Provider::start_at(path.clone(), contract(), Offer::default()).map(drop));
    if !text.contains("No space left") || std::fs::read_dir(folder).unwrap().count() > 0 {
        return text;
    }
    // The headers fit, and no payload does.
    if mount("80k") != 0 {
        return std::io::Error::last_os_error().to_string();
    }
    let large = || Contract {
        capacity: 64 * 1024,
        ..contract()
    };
    let provider = Provider::start_at(path.clone(), large(), Offer::default());
    let _serving = match provider {
        Ok(provider) => Serving::of(provider, 1),
        Err(error) => return error.to_string(),
    };
    let text = text_of(call(&Consumer::at(path, large()), 1));
    match text.contains("No space left") {
        true => "as it should be".to_string(),
        false => text,
    }
}
