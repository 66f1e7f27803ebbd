class {{ protocol }}(Protocol):
    """What `{{ name }}` is to its callers."""

    {{ call }} ...

    def with_timeout(self, seconds: float) -> "{{ protocol }}":
        """The same function with a time limit of its own, for each call."""


{{ channel }} = _Channel(
    function={{ function }},
    name={{ channel_name }},
    canonical={{ canonical }},
    fingerprint={{ fingerprint }},
    request_size={{ request_size }},
    payload_size={{ payload_size }},
    start={{ start }},
)
{%- for definition in definitions %}
{{ definition }}
{%- endfor %}


{{ write }}


{{ read }}


{{ bind_head }}
    {{ signature }}
        {%- for line in body %}
        {{ line }}
        {%- endfor %}
        return _result

    {{ bound }}
    return bound


{{ name }} = {{ bind }}()
