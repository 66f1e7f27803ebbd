"""Serves {{ function_doc }} of {{ source_doc }} until SIGINT or SIGTERM.

Start it with:

    {{ start_doc }}

With --workers N up to N calls overlap, each in a thread of its own. What waits (files,
sockets, sleep, numpy at work) overlaps; pure computation takes turns, as Python's threads
do. With one worker, the default, the function runs in the main thread.
"""

{{ imports }}

{{ channel }}


# ---- 13. The function ----

_SOURCE = {{ source }}
# The source's module, once it is imported.
_source: Any = None
{%- for record in records %}

{{ record }}
{%- endfor %}
{%- if !definitions.is_empty() %}
{% endif %}
{%- for definition in definitions %}
{{ definition }}
{%- endfor %}


{{ read }}


{{ write }}


def _import_source(relative: str) -> Any:
    """Imports the source by its path from this file, as its own neighbours would."""
    here = os.path.dirname(os.path.abspath(__file__))
    path = os.path.normpath(os.path.join(here, relative))
    folder, file = os.path.split(path)
    name = os.path.splitext(file)[0]
    # Python put the folder of this file first, where stubs lie; the source's stands there.
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != here]
    package: List[str] = []
    while os.path.exists(os.path.join(folder, "__init__.py")):
        folder, part = os.path.split(folder)
        package.insert(0, part)
    sys.path.insert(0, folder)
    if package:
        dotted = package if name == "__init__" else [*package, name]
        return importlib.import_module(".".join(dotted))
    if name in sys.modules:
        name = f"metropipe_source_{name}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python source")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _awaited(function: Callable[..., Any]) -> Callable[..., Any]:
    """An async function as a plain one, on an event loop that its thread keeps."""
    loops = threading.local()

    def run(*arguments: Any, **keywords: Any) -> Any:
        loop = getattr(loops, "loop", None)
        if loop is None:
            loop = loops.loop = asyncio.new_event_loop()
            asyncio.set_event_loop(loop)
        return loop.run_until_complete(function(*arguments, **keywords))

    return run


def _by_keyword(
    function: Callable[..., Any], positional: int, names: Sequence[str]
) -> Callable[..., Any]:
    """Passes all but the first arguments by their names."""

    def run(*values: Any) -> Any:
        return function(*values[:positional], **dict(zip(names, values[positional:])))

    return run


def _count(text: str) -> int:
    if not re.fullmatch("[0-9]{1,4}", text) or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 9999")
    return int(text)


def _main() -> int:
    global _source
    {{ parser }}
    parser.add_argument("--workers", type=_count, default=1, help="calls that overlap")
    parser.add_argument("--lanes", type=_count, default=16, help="callers at a time")
    parser.add_argument(
        "--force",
        action="store_true",
        help="replace a channel file that is not this program's",
    )
    options = parser.parse_args()
    try:
        _source = _import_source(_SOURCE)
        function = _source.{{ function_path }}
        {%- for line in wrappers %}
        {{ line }}
        {%- endfor %}
    except (ImportError, OSError, SyntaxError, AttributeError) as error:
        problem = f"{type(error).__name__}: {error}"
        print(f"metropipe: cannot import {_SOURCE}: {problem}", file=sys.stderr)
        return 1
    try:
        service = _Service(
            name={{ channel_name }},
            canonical={{ canonical }},
            fingerprint={{ fingerprint }},
            request_size={{ request_size }},
            payload_size={{ payload_size }},
            capacity={{ capacity }},
            result_at={{ result_at }},
            read={{ reader }},
            write={{ writer }},
            function=function,
            lanes=options.lanes,
            workers=options.workers,
            force=options.force,
        )
    except (_Refusal, ChannelError, OSError) as error:
        print(f"metropipe: {error}", file=sys.stderr)
        return 1
    return service.serve()


if __name__ == "__main__":
    sys.exit(_main())
