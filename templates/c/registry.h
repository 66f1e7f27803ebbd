{% block function -%}
#ifndef METROPIPE_DIRECT_{{ function.name }}
#define METROPIPE_DIRECT_{{ function.name }}
#ifdef __cplusplus
extern "C" {
#endif
typedef {{ function.plain_type() }} (*metropipe_{{ function.name }}_function)({{ function.plain_parameters() }});

/* Weak: one object in the whole program, in however many translation units and libraries this stands. */
METROPIPE_SHARED metropipe_{{ function.name }}_function metropipe_registered_{{ function.name }} = NULL;

/* From now on this function answers; NULL takes it away. */
METROPIPE_SHARED void metropipe_register_{{ function.name }}(metropipe_{{ function.name }}_function function)
{
    __atomic_store_n(&metropipe_registered_{{ function.name }}, function, __ATOMIC_RELEASE);
}
#ifdef __cplusplus
}
#endif

{% for line in function.doc -%}
{{ line }}
{% endfor -%}
static inline {{ function.plain_type() }} metropipe_direct_{{ function.name }}({{ function.plain_parameters() }})
{
    metropipe_{{ function.name }}_function {{ here }} = __atomic_load_n(&metropipe_registered_{{ function.name }}, __ATOMIC_ACQUIRE);
{%- match function.returned %}
{%- when Some((ty, zero)) %}
    {{ ty }} {{ outcome }} = {{ zero }};
    if ({{ here }} == NULL) {
        metropipe_refuse_unregistered({{ function.quoted_name }}, "metropipe_register_{{ function.name }}");
        return {{ outcome }};
    }
    metropipe_enter();
    {{ outcome }} = {{ here }}({{ function.plain_arguments() }});
    metropipe_finish({{ function.quoted_name }}, METROPIPE_OK);
    return {{ outcome }};
{%- when None %}
    if ({{ here }} == NULL)
        return metropipe_refuse_unregistered({{ function.quoted_name }}, "metropipe_register_{{ function.name }}");
    metropipe_enter();
    return metropipe_finish({{ function.quoted_name }}, {{ here }}({{ function.plain_arguments() }}));
{%- endmatch %}
}
#endif
{% endblock %}
{% block unified -%}
#if METROPIPE_PASS == 1
{{ text -}}
#elif METROPIPE_PASS == 2
metropipe_{{ function.name }}_function {{ function.name }};
#elif METROPIPE_PASS == 3
METROPIPE_ENTRY({{ function.name }})
#endif
{% endblock %}
{% block unified_head -%}
#ifndef METROPIPE_PASS
#ifndef METROPIPE_REGISTRY_H
#define METROPIPE_REGISTRY_H

{{ errors }}
/* This file includes itself: first for the types and the functions, then for the registry's members, then for what they
   are. So a function can be added to it by its own part alone. */
#define METROPIPE_PASS 1
#include "metropipe_registry.h"
#undef METROPIPE_PASS
#define METROPIPE_PASS 2
struct metropipe_registry {
#include "metropipe_registry.h"
};
#undef METROPIPE_PASS
#define METROPIPE_PASS 3
#define METROPIPE_ENTRY(name) metropipe_direct_##name,
static const struct metropipe_registry metropipe_registry_here = {
#include "metropipe_registry.h"
};
#undef METROPIPE_ENTRY
#undef METROPIPE_PASS

/* Every function that can be registered: metropipe_get_registry()->name(...). */
static inline const struct metropipe_registry *metropipe_get_registry(void)
{
    return &metropipe_registry_here;
}

#endif
#else
{% endblock %}
{% block registry -%}
/* Every registry that a translation unit includes is a member of the one that metropipe_get_registry() shows it. Each
   header takes the next level, which has the members of those before it: the preprocessor cannot add to a struct. */
#ifndef METROPIPE_NUMBERED
#define METROPIPE_JOINED(name, number) name##number
#define METROPIPE_NUMBERED(name, number) METROPIPE_JOINED(name, number)
#define metropipe_get_registry() (&METROPIPE_NUMBERED(metropipe_registry_here_, METROPIPE_LEVEL))
#endif
#ifndef METROPIPE_LISTED_{{ function.name }}
#define METROPIPE_LISTED_{{ function.name }}
#define METROPIPE_MEMBER_{{ function.name }} metropipe_{{ function.name }}_function {{ function.name }};
#if !defined(METROPIPE_LEVEL)
#define METROPIPE_LEVEL 1
#define METROPIPE_MEMBERS_1 METROPIPE_MEMBER_{{ function.name }}
#define METROPIPE_DIRECTS_1 metropipe_direct_{{ function.name }}
{%- for (below, level) in levels %}
#elif METROPIPE_LEVEL == {{ below }}
#undef METROPIPE_LEVEL
#define METROPIPE_LEVEL {{ level }}
#define METROPIPE_MEMBERS_{{ level }} METROPIPE_MEMBERS_{{ below }} METROPIPE_MEMBER_{{ function.name }}
#define METROPIPE_DIRECTS_{{ level }} METROPIPE_DIRECTS_{{ below }}, metropipe_direct_{{ function.name }}
{%- endfor %}
#else
#error "one file can include {{ most }} registries; export more of them into one, with --unify"
#endif

struct METROPIPE_NUMBERED(metropipe_registry_, METROPIPE_LEVEL) {
    METROPIPE_NUMBERED(METROPIPE_MEMBERS_, METROPIPE_LEVEL)
};
static const struct METROPIPE_NUMBERED(metropipe_registry_, METROPIPE_LEVEL) METROPIPE_NUMBERED(metropipe_registry_here_, METROPIPE_LEVEL) = {
    METROPIPE_NUMBERED(METROPIPE_DIRECTS_, METROPIPE_LEVEL)};
#endif
{% endblock %}
