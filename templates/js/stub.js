{% block function -%}
const {{ endpoint }} = {{ construction }};

{{ doc }}exports.{{ name }} = offer({{ endpoint }}, ({{ limit }}) => ({
  {{ head }}
    const {{ lane }} = begin({{ endpoint }}, {{ limit }});
    try {
{%- for put in puts %}
      {{ put }}
{%- endfor %}
      call({{ endpoint }}, {{ lane }}, {{ limit }});
{%- if !result.is_empty() %}
      {{ result }}
{%- endif %}
    } finally {
      finish({{ endpoint }}, {{ lane }});
    }
  },
}));
{%- endblock %}
{% block record -%}
function {{ put }}(lane, at, where, value) {
  {{ check }};
{%- for put in puts %}
  {{ put }}
{%- endfor %}
}

function {{ get }}(lane, at, where) {
  return {{ value }};
}
{%- endblock %}
{% block errors -%}
{%- for error in errors -%}
{%- if !loop.first %}
{% endif -%}
exports.{{ error }} = {{ error }};
{%- endfor %}
{%- endblock %}
