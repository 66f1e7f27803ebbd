"""Names that other languages reserve, and texts that end their comments."""


def select(
    type: int,
    func: int,
    fn: int,
    struct: int,
    match: int,
    let: int,
    var: int,
    int_: int,
    string: int,
    self: int,
    this: int,
    new: int,
    delete: int,
    default: int,
    switch: int,
    void: int,
    char: int,
    end: int,
    begin: int,
    nil: int,
    null: int,
    go: int,
    chan: int,
    map: int,
    range: int,
    package: int,
    interface: int,
    enum: int,
    static: int,
    public: int,
    done: int,
    fi: int,
    esac: int,
    local: int,
    echo: int,
    result: int,
    buffer: int,
    call: int,
    channel: int,
    request: int,
    response: int,
    timeout: int,
    payload: int,
    lane: int,
    print: int,
    len: int,
    bytes: int,
    errno: int,
    value: int,
    name: int,
    unsafe: int,
    template: int,
    typename: int,
    constructor: int,
    arguments: int,
    eval: int,
    object: int,
    ref: int,
    checked: int,
    register: int,
    volatile: int,
    box: int,
    crate: int,
    Self: int,
    error: int,
    str: int,
    struct_: int,
) -> int:
    r"""Weigh the arguments: each counts its position. "Quoted", 'quoted', `ticked`.

    It ends */ a comment, opens /* another, // and # and -- and ''' and <!-- --> too.
    Backslashes: \ \\ \n \u0041 \x41 \", interpolation: #{1 + 1} ${HOME} $(id) `id` {{ 1 }} {% if %} %s {0} @param <b>&amp;
    	A tab, an emoji 🦀, the end of a line\
    and =begin, =end:

=begin
=end
    """
    return sum(position * argument for position, argument in enumerate(list(locals().values()), start=1))


def new(delete: str, ಠ_ಠ: int = 1) -> str:
    '''A function named like a keyword; """ stands in its docstring.'''
    return delete * ಠ_ಠ
