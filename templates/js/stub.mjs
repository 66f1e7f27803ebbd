{% block head -%}
// The same functions for `import`. Everything is in {{ file }}.
{{ names }}
{%- endblock %}
{% block function -%}
export { {{ name }} } from {{ file }};
{%- endblock %}
