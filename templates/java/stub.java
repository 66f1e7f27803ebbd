{% block head %}{% if !package.is_empty() -%}
package {{ package }};

{% endif -%}
{{ imports }}
/**
 * Functions of another process, called through shared memory. Safe for any number of threads; JDK 17
 * or later.
 */
public final class {{ class }} {
  private {{ class }}() {}
{% endblock %}
{% block record %}{{ doc }}  public record {{ components }}
    private static final Codec<{{ name }}> {{ codec }} =
        new Codec<>() {
{% for field in codecs %}          {{ field }}
{% endfor %}{% if !codecs.is_empty() %}
{% endif %}          @Override
          public void put(ByteBuffer page, int at, {{ name }} value, String what) {
            Values.given(value, what);
{% for put in puts %}            {{ put }}
{% endfor %}          }

          @Override
          public {{ name }} get(ByteBuffer page, int at, String what) {
            return {{ construction }};
          }
        };
{% if !equality.is_empty() %}
    // Arrays are compared by what they hold, as everything else in a record is.
    @Override
    public boolean equals(Object other) {
      return other instanceof {{ name }} that
          && {{ equality }};
    }

    @Override
    public int hashCode() {
      return {{ hash }};
    }
{% endif %}  }
{% endblock %}
{% block function %}{% for field in fields %}  {{ field }}

{% endfor %}{% if !result_record.is_empty() %}{{ result_record }}
{% endif %}{{ doc }}  public static {{ signature }}
    {{ forward }}
  }

  /**
   * The same with a time limit of its own; null stands for {@code METROPIPE_TIMEOUT_MS}, or else 5
   * seconds.
   */
  public static {{ timed_signature }}
    Lane {{ lane }} = {{ channel }}.take({{ timeout }});
    try {
{% if !puts.is_empty() %}      ByteBuffer {{ page }} = {{ lane }}.page;
{% endif %}{% for put in puts %}      {{ put }}
{% endfor %}      {{ channel }}.call({{ lane }});
{% if !results.is_empty() %}      {{ again }} = {{ lane }}.page;
      return {{ results }};
{% endif %}    } finally {
      {{ channel }}.giveBack({{ lane }});
    }
  }
{% endblock %}
