{% block head -%}
/** What every error of a call is. */
export declare class MetropipeError extends Error {
  /** The function that was called. */
  readonly function: string;
  /** Whether the function was run. */
  readonly ran: "yes" | "no" | "perhaps";
}
{%- for (name, doc) in errors %}

/** {{ doc }} */
export declare class {{ name }} extends MetropipeError {
{%- if *name == "RemoteError" %}
  /** The name of the exception's type. */
  readonly type: string;
  /** The exception's own message. */
  readonly text: string;
}
{%- else -%}
}
{%- endif %}
{%- endfor %}

/** A function, and the same function with a time limit for each call. */
export type Limited<F> = F & { withTimeout(seconds: number): F };
{%- endblock %}
{% block record -%}
{{ doc }}export interface {{ name }} {
{%- for field in fields %}
  {{ field }}
{%- endfor %}
}
{%- endblock %}
{% block function -%}
{{ doc }}export declare const {{ name }}: Limited<{{ ty }}>;
{%- endblock %}
