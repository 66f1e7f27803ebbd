//! The languages of the demonstration: what each needs, how its caller is built and started.

/// One caller.
pub struct Language {
    /// As in `--target`.
    pub target: &'static str,
    /// Name and text of the caller's files.
    pub files: &'static [(&'static str, &'static str)],
    /// Programs that it needs, each with the Debian package that brings it.
    pub needs: &'static [(&'static str, &'static str)],
    /// Commands that build it, one after another.
    pub build: &'static [&'static [&'static str]],
    /// The command that runs it.
    pub run: &'static [&'static str],
    /// What its calls are, where they are not 10,000.
    pub remark: &'static str,
}

macro_rules! text {
    ($name:literal) => {
        include_str!(concat!("../../../templates/demo/", $name))
    };
}

/// The function, its source and the call that every caller makes.
pub const FUNCTION: &str = "weekday";
pub const SOURCE: &str = "days.py";
pub const SOURCE_TEXT: &str = text!("days.py");
pub const CALL: &str = "weekday(1969, 7, 20)";
pub const RESULT: &str = "Sunday";

const CARGO: &str = "[package]\nname = \"demo\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n\
    [[bin]]\nname = \"demo\"\npath = \"main.rs\"\n\n[dependencies]\nlibc = \"0.2\"\n\n[workspace]\n";

pub const LANGUAGES: &[Language] = &[
    Language {
        target: "c",
        files: &[("caller.c", text!("caller.c"))],
        needs: &[("cc", "gcc")],
        build: &[&[
            "cc",
            "-std=c11",
            "-O2",
            "-Imetropipe/weekday",
            "-DHEADER=\"stub.h\"",
            "caller.c",
            "-o",
            "caller-c",
            "-pthread",
        ]],
        run: &["./caller-c"],
        remark: "",
    },
    Language {
        target: "c-linker",
        files: &[("caller.c", text!("caller.c"))],
        needs: &[("cc", "gcc"), ("make", "make")],
        build: &[
            &["make", "-s", "-C", "metropipe/weekday/lib"],
            &[
                "cc",
                "-std=c11",
                "-O2",
                "-Imetropipe/weekday/lib",
                "-DHEADER=\"weekday.h\"",
                "caller.c",
                "-o",
                "caller-linker",
                "-Lmetropipe/weekday/lib",
                "-lweekday",
                "-Wl,-rpath,$ORIGIN/metropipe/weekday/lib",
            ],
        ],
        run: &["./caller-linker"],
        remark: "",
    },
    Language {
        target: "go",
        files: &[
            ("go.mod", "module demo\n\ngo 1.18\n"),
            ("go/main.go", text!("main.go")),
        ],
        needs: &[("go", "golang-go")],
        build: &[&["go", "build", "-o", "caller-go", "./go"]],
        run: &["./caller-go"],
        remark: "",
    },
    Language {
        target: "python",
        files: &[("caller.py", text!("caller.py"))],
        needs: &[("python3", "python3")],
        build: &[],
        run: &["python3", "caller.py"],
        remark: "",
    },
    Language {
        target: "java",
        files: &[("Caller.java", text!("Caller.java"))],
        needs: &[
            ("javac", "default-jdk-headless"),
            ("java", "default-jre-headless"),
        ],
        build: &[&[
            "javac",
            "-d",
            "classes",
            "metropipe/weekday/stub.java",
            "Caller.java",
        ]],
        run: &["java", "-cp", "classes", "Caller"],
        remark: "",
    },
    Language {
        target: "rust",
        files: &[
            ("rust/main.rs", text!("caller.rs")),
            ("rust/Cargo.toml", CARGO),
        ],
        needs: &[("cargo", "cargo")],
        build: &[&[
            "cargo",
            "build",
            "--quiet",
            "--release",
            "--manifest-path",
            "rust/Cargo.toml",
            "--target-dir",
            "rust/target",
        ]],
        run: &["./rust/target/release/demo"],
        remark: "",
    },
    Language {
        target: "csharp",
        files: &[("Caller.cs", text!("Caller.cs"))],
        needs: &[("mcs", "mono-mcs"), ("mono", "mono-runtime")],
        build: &[&[
            "mcs",
            "-optimize+",
            "-unsafe",
            "-out:caller.exe",
            "metropipe/weekday/stub.cs",
            "Caller.cs",
        ]],
        run: &["mono", "caller.exe"],
        remark: "",
    },
    Language {
        target: "js",
        files: &[("caller.js", text!("caller.js"))],
        needs: &[("node", "nodejs")],
        build: &[],
        run: &["node", "caller.js"],
        remark: "",
    },
    Language {
        target: "ruby",
        files: &[("caller.rb", text!("caller.rb"))],
        needs: &[("ruby", "ruby")],
        build: &[],
        run: &["ruby", "caller.rb"],
        remark: "",
    },
    Language {
        target: "bash",
        files: &[("caller.sh", text!("caller.sh"))],
        needs: &[("bash", "bash")],
        build: &[],
        run: &["bash", "caller.sh"],
        remark: "100 calls, each a program of its own",
    },
];
