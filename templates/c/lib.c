{% block source -%}
#include "{{ file }}.h"

{{ channel }}
{% for codec in codecs %}{{ codec }}
{% endfor -%}
{{ over_channel }}
/* Weak: libraries and registries of one program share what is registered. */
METROPIPE_SHARED metropipe_{{ function.name }}_function metropipe_registered_{{ function.name }} = NULL;

METROPIPE_SHARED void metropipe_register_{{ function.name }}(metropipe_{{ function.name }}_function function)
{
    __atomic_store_n(&metropipe_registered_{{ function.name }}, function, __ATOMIC_RELEASE);
}

/* NULL where the program links none. */
__attribute__((weak)) {{ function.plain_type() }} metropipe_linked_{{ function.name }}({{ function.plain_parameters() }});

{{ function.plain_type() }} {{ function.name }}({{ function.plain_parameters() }})
{
    metropipe_{{ function.name }}_function {{ here }} = __atomic_load_n(&metropipe_registered_{{ function.name }}, __ATOMIC_ACQUIRE);
    if ({{ here }} == NULL)
        {{ here }} = metropipe_linked_{{ function.name }};
{%- match function.returned %}
{%- when Some((ty, zero)) %}
    {{ ty }} {{ outcome }} = {{ zero }};
    if ({{ here }} != NULL) {
        metropipe_enter();
        {{ outcome }} = {{ here }}({{ function.plain_arguments() }});
        metropipe_finish({{ function.quoted_name }}, METROPIPE_OK);
    } else if (metropipe_over_channel({{ passed }}) == METROPIPE_OK) {
        metropipe_finish({{ function.quoted_name }}, METROPIPE_OK);
    }
    return {{ outcome }};
{%- when None %}
    if ({{ here }} != NULL) {
        metropipe_enter();
        return metropipe_finish({{ function.quoted_name }}, {{ here }}({{ function.plain_arguments() }}));
    }
    int {{ outcome }} = metropipe_over_channel({{ passed }});
    return {{ outcome }} == METROPIPE_OK ? metropipe_finish({{ function.quoted_name }}, METROPIPE_OK) : {{ outcome }};
{%- endmatch %}
}
{% endblock %}
