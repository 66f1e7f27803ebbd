{% block head -%}
# Source this file: every function below calls one that a provider serves, and prints its result.
# When the call fails, the status is 1 and standard error says why.
#
# Strings, numbers, true and false are given and printed as plain text, an absent option as null,
# lists, arrays and records as JSON; several results are one JSON array. Bytes are an argument's
# own, or @FILE (@- is standard input), @hex:00ff, @@ for one @; they are printed as they are.
# METROPIPE names the metropipe program where PATH does not lead to it, METROPIPE_TIMEOUT_MS the
# time that a call may take.
{%- endblock %}
{% block function -%}
{%- for line in doc %}
{{ line }}
{%- endfor %}
{{ name }}() {
{%- for (count, value) in defaults %}
  if (($# == {{ count }})); then set -- "$@" {{ value }}; fi
{%- endfor %}
  command "${METROPIPE:-metropipe}" call {{ channel }} \
    --signature {{ signature }} \
    --start {{ start }} -- "$@" || return 1
}
{%- endblock %}
