{% block function -%}
module Metropipe
  {{ channel }} = Channel.new(
    function: {{ function }},
    name: {{ name }},
    canonical: {{ canonical }},
    fingerprint: {{ fingerprint }},
    request_size: {{ request_size }},
    payload_size: {{ payload_size }},
    command: {{ command }}
  )
  private_constant :{{ channel }}
{% for line in doc %}
  {{ line }}
{%- endfor %}
  def self.{{ ruby_name }}{{ parameters }}
    {{ channel }}.call do |{{ lane }}|
{%- for line in body %}
      {{ line }}
{%- endfor %}
    end
  end
end
{% endblock %}
{% block record -%}
module Metropipe
{%- for line in lines %}
  {{ line }}
{%- endfor %}
end
{% endblock %}
