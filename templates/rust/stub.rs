{%- for line in head -%}
{{ line }}
{% endfor -%}
{{ signature }}
    {{ forward }}
}

{% for line in timed_head -%}
{{ line }}
{% endfor -%}
{{ timed_signature }}
{%- for line in aliases %}
    {{ line }}
{%- endfor %}
    static {{ consumer }}: channel::Consumer = channel::Consumer::of(channel::Stub {
        {{ function }}
        {{ channel }}
        {{ canonical }}
        fingerprint: {{ fingerprint }},
        request_size: {{ request_size }},
        payload_size: {{ payload_size }},
        capacity: {{ capacity }},
        {{ command }}
    });
    let {{ writer }} = {% for line in write %}{% if !loop.first %}
    {% endif %}{{ line }}{% endfor %}
    let {{ reader }} = {% for line in read %}{% if !loop.first %}
    {% endif %}{{ line }}{% endfor %}
    {{ consumer }}.call({{ timeout }}.into(), {{ writer }}, {{ reader }})
}
