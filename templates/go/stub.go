{% block function -%}
var {{ channel }} = newChannel({{ function }}, {{ name }}, {{ canonical }}, {{ command }}, {{ fingerprint }}, {{ request_size }}, {{ payload_size }})

{% for line in doc -%}
{{ line }}
{% endfor -%}
func {{ go_name }}({{ parameters }}) {{ results }} {
	return {{ go_name }}Context({{ arguments }})
}

// {{ go_name }}Context is {{ go_name }} with the time limit and the cancellation of a context.
func {{ go_name }}Context({{ context_parameters }}) {{ named_results }} {
	{{ err }} = {{ channel }}.call({{ ctx }}, {{ write }}, {{ read }})
	return {{ returned }}
}
{% endblock %}
{% block record -%}
{% for line in doc -%}
{{ line }}
{% endfor -%}
type {{ go_name }} struct {
{%- for field in fields %}
	{{ field }}
{%- endfor %}
}

func (b *buffer) putRecord{{ go_name }}(at int, where string, value {{ go_name }}) {
{%- for line in puts %}
	{{ line }}
{%- endfor %}
}

func (b *buffer) getRecord{{ go_name }}(at int, where string) (value {{ go_name }}) {
{%- for line in gets %}
	{{ line }}
{%- endfor %}
	return value
}
{% endblock %}
