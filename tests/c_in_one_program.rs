//! What several C files, libraries and languages of one program share: registries, registrations and errors are one
//! thing in it, however many of them bring their own copy.

mod support;

use std::process::Command;

use support::Scratch;

const SOURCE: &str = r#"
from dataclasses import dataclass


@dataclass
class Person:
    name: str
    age: int


def greet(person: Person, polite: bool) -> str:
    return person.name


def older(person: Person, years: int) -> Person:
    return Person(person.name, person.age + years)


def grow(k: int) -> int:
    return k + 1
"#;

/// A folder with the source's stubs for all targets of C.
fn exported() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("services.py", SOURCE);
    scratch.metropipe_ok([
        "export",
        "--all",
        "services.py",
        "--target",
        "c,c-direct,c-linker",
    ]);
    scratch
}

#[track_caller]
fn run(scratch: &Scratch, script: &str) -> String {
    let mut command = scratch.command("bash");
    let flags = "-Wall -Wextra -Werror -Wconversion -pedantic";
    let output = command
        .args(["-euo", "pipefail", "-c", script])
        .env("C", format!("cc -std=c11 {flags}"))
        .env("CXX", format!("c++ -std=c++17 {flags}"))
        .output()
        .expect("bash starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", output.status);
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn a_registry_is_one_in_c_and_cpp_whatever_the_order_of_includes() {
    let scratch = exported();
    scratch.write(
        "owner.c",
        r#"#include "metropipe/greet/registry.h"
#include "metropipe/older/registry.h"
static int my_greet(const Person *person, bool polite, char result[252])
{
    snprintf(result, 252, "%s %.100s", polite ? "Dear" : "Hi", person->name);
    return 0;
}
static int my_older(const Person *person, int32_t years, Person *result)
{
    *result = *person;
    result->age += years;
    return years < 0 ? metropipe_raise("OldError", "never younger") : 0;
}
void own(void);
void own(void)
{
    metropipe_register_greet(my_greet);
    metropipe_register_older(my_older);
}
"#,
    );
    scratch.write(
        "caller.cpp",
        r#"#include <cstdio>
#include "metropipe/older/registry.h"
#include "metropipe/greet/registry.h"
#include "metropipe/older/registry.h"
extern "C" void own(void);
int main()
{
    Person ada = {"Ada", 36}, later;
    char text[252];
    int code = metropipe_get_registry()->greet(&ada, true, text);
    std::printf("%d %s\n", code, metropipe_error());
    own();
    code = metropipe_get_registry()->greet(&ada, true, text);
    std::printf("%d %s [%s]\n", code, text, metropipe_error());
    code = metropipe_get_registry()->older(&ada, -1, &later);
    std::printf("%d %s, %s, %s\n", code, metropipe_error(), metropipe_error_type(), metropipe_error_message());
}
"#,
    );
    let said = run(
        &scratch,
        "$C -c owner.c; $CXX caller.cpp owner.o -o run; ./run",
    );
    assert_eq!(
        said,
        "4 greet: no function is registered; call metropipe_register_greet first (the function was not run)\n\
         0 Dear Ada []\n\
         2 older: OldError: never younger, OldError, never younger\n"
    );
}

#[test]
fn a_library_runs_what_its_program_registers_or_links() {
    let scratch = exported();
    scratch.write(
        "caller.c",
        r#"#include <stdio.h>
#include "metropipe/grow/lib/grow.h"
#include "metropipe/older/lib/older.h"
int metropipe_linked_older(const Person *person, int32_t years, Person *result);
int metropipe_linked_older(const Person *person, int32_t years, Person *result)
{
    *result = *person;
    result->age += years;
    return 0;
}
static int32_t my_grow(int32_t k)
{
    return k + 100;
}
int main(void)
{
    Person ada = {"Ada", 36}, later;
    int32_t none = grow(1);
    printf("%d %d %.30s\n", none, metropipe_error_code(), metropipe_error());
    metropipe_register_grow(my_grow);
    int32_t grown = grow(1);
    printf("%d %d [%s]\n", grown, metropipe_error_code(), metropipe_error());
    int code = older(&ada, 4, &later);
    printf("%d %d\n", code, later.age);
    metropipe_register_grow(NULL);
    none = grow(1);
    printf("%d %d\n", none, metropipe_error_code());
    return 0;
}
"#,
    );
    for build in [
        "for f in grow older; do make -s -C metropipe/$f/lib; done
         here=$PWD/metropipe
         $C caller.c -o run -L$here/grow/lib -lgrow -L$here/older/lib -lolder -Wl,-rpath,$here/grow/lib:$here/older/lib",
        "$C caller.c metropipe/grow/lib/grow.c metropipe/older/lib/older.c -o run -pthread",
    ] {
        let said = run(&scratch, &format!("{build}; ./run"));
        let lines: Vec<&str> = said.lines().collect();
        assert!(lines[0].starts_with("0 4 grow: no provider serves "), "{said}");
        assert_eq!(lines[1..], ["101 0 []", "0 40", "0 4"]);
    }
}

#[test]
fn another_language_loads_the_library() {
    let scratch = exported();
    let mut provider = Command::new("python3");
    provider
        .arg(scratch.join("metropipe/grow/provider.py"))
        .env("METROPIPE_DIR", scratch.channels());
    let provider = support::start_provider(provider);
    scratch.write(
        "load.py",
        r#"import ctypes
library = ctypes.CDLL("metropipe/grow/lib/libgrow.so")
library.metropipe_error.restype = ctypes.c_char_p
print(library.grow(41), library.metropipe_error().decode())
own = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_int32)(lambda k: k * 2)
library.metropipe_register_grow(own)
print(library.grow(41), library.metropipe_error().decode())
"#,
    );
    let said = run(&scratch, "make -s -C metropipe/grow/lib; python3 load.py");
    assert_eq!(said, "42 \n82 \n");
    drop(provider);
}

#[test]
fn stubs_in_several_files_and_a_library_report_errors_in_one_place() {
    let scratch = exported();
    scratch.write(
        "other.c",
        r#"#include "metropipe/greet/stub.h"
int fails(void);
int fails(void)
{
    Person ada = {"Ada", 36};
    char text[252];
    return greet(&ada, true, text);
}
"#,
    );
    // A system header stands before the stub, in strict C11.
    scratch.write(
        "caller.cpp",
        r#"#include <cstdio>
#include "metropipe/greet/stub.h"
#include "metropipe/greet/stub.h"
#include "metropipe/older/lib/older.h"
extern "C" int fails(void);
int main()
{
    Person ada = {"Ada", 36}, later;
    int code = fails();
    std::printf("%d %.27s\n", code, metropipe_error());
    code = older(&ada, 1, &later);
    std::printf("%d %.27s\n", code, metropipe_error());
}
"#,
    );
    let said = run(
        &scratch,
        "make -s -C metropipe/older/lib; $C -c other.c
         $CXX caller.cpp other.o -o run -L$PWD/metropipe/older/lib -lolder -Wl,-rpath,$PWD/metropipe/older/lib; ./run",
    );
    assert_eq!(
        said,
        "4 greet: no provider serves /\n4 older: no provider serves /\n"
    );
}
