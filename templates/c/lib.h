{% block header -%}
#ifndef METROPIPE_LIB_{{ function.name }}
#define METROPIPE_LIB_{{ function.name }}

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

{{ public }}
{% for definition in types %}{{ definition }}
{% endfor -%}
#ifdef __cplusplus
extern "C" {
#endif

typedef {{ function.plain_type() }} (*metropipe_{{ function.name }}_function)({{ function.plain_parameters() }});

{% for line in function.doc -%}
{{ line }}
{% endfor -%}
{{ function.plain_type() }} {{ function.name }}({{ function.plain_parameters() }});

/* From now on this function of the same process answers; NULL brings the channel back. A program that defines
   metropipe_linked_{{ function.name }} with the same type has it called where nothing is registered. */
void metropipe_register_{{ function.name }}(metropipe_{{ function.name }}_function function);

#ifdef __cplusplus
}
#endif

#endif
{% endblock %}
