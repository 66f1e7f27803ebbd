{% block type -%}
#ifndef METROPIPE_TYPE_{{ definition.name }}
#define METROPIPE_TYPE_{{ definition.name }} {{ definition.fingerprint }}
{%- for line in definition.doc %}
{{ line }}
{%- endfor %}
typedef struct {{ definition.name }} {
{%- for member in definition.members %}
    {{ member }};
{%- endfor %}
} {{ definition.name }};
#elif METROPIPE_TYPE_{{ definition.name }} != {{ definition.fingerprint }}
#error "two exported functions have different structs {{ definition.name }}; include their headers in different files"
#endif
{% endblock %}
{% block codec -%}
#ifndef METROPIPE_CODEC_{{ definition.name }}
#define METROPIPE_CODEC_{{ definition.name }}
static inline void metropipe_put_{{ definition.name }}(struct metropipe_call *call, {% if definition.names_parameter %}const char *parameter, {% endif %}size_t at, const {{ definition.name }} *value)
{
{%- for line in definition.puts %}
    {{ line }}
{%- endfor %}
}

static inline void metropipe_get_{{ definition.name }}(struct metropipe_call *call, size_t at, {{ definition.name }} *value)
{
{%- for line in definition.gets %}
    {{ line }}
{%- endfor %}
}
#endif
{% endblock %}
{% block function -%}
{%- if guarded -%}
#ifndef METROPIPE_STUB_{{ function.name }}
#define METROPIPE_STUB_{{ function.name }} {{ function.fingerprint }}
{% endif -%}
static struct metropipe_channel metropipe_channel_{{ function.name }};
static const struct metropipe_function metropipe_function_{{ function.name }} = {
    {{ function.quoted_name }}, {{ function.quoted_channel }},
    {{ function.quoted_canonical }}, {{ function.fingerprint }}, {{ function.request_size }}, {{ function.payload_size }}, {{ function.capacity }},
    {{ function.quoted_provider }}};

{% for line in doc -%}
{{ line }}
{% endfor -%}
{{ head }} {{ name }}({{ parameters }})
{
    struct metropipe_call {{ function.call }};
{%- for out in function.outs %}
    {{ out.clear }}
{%- endfor %}
    if (metropipe_begin(&{{ function.call }}, &metropipe_function_{{ function.name }}, &metropipe_channel_{{ function.name }}) != METROPIPE_OK)
        return {{ function.call }}.code;
{%- for line in function.puts %}
    {{ line }}
{%- endfor %}
{%- if function.gets.is_empty() %}
    metropipe_ask(&{{ function.call }});
{%- else %}
    if (metropipe_ask(&{{ function.call }}) == METROPIPE_OK) {
{%- for line in function.gets %}
        {{ line }}
{%- endfor %}
    }
{%- endif %}
    return metropipe_end(&{{ function.call }});
}
{%- if guarded %}
#elif METROPIPE_STUB_{{ function.name }} != {{ function.fingerprint }}
#error "two exported functions are called {{ function.name }}; include their headers in different files"
#endif
{%- endif %}
{% endblock %}
