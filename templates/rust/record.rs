{%- for line in head -%}
{{ line }}
{% endfor -%}
pub struct {{ name }} {
{%- for field in fields %}
    {{ field }}
{%- endfor %}
}

impl channel::Codec for {{ name }} {
    type Value = {{ name }};
    const SIZE: usize = {{ size }};
    const ALIGN: usize = {{ align }};

    fn wire() -> String {
        {{ wire }}.to_owned()
    }

    fn get(payload: channel::Payload<'_>, at: usize, name: &str) -> channel::Read<{{ name }}> {
{%- for line in aliases %}
        {{ line }}
{%- endfor %}
        Ok({{ name }} {
{%- for line in gets %}
            {{ line }}
{%- endfor %}
        })
    }
}

impl channel::Put<{{ name }}> for {{ name }} {
{{ put_signature }}
{%- for line in aliases %}
        {{ line }}
{%- endfor %}
{%- for line in puts %}
        {{ line }}
{%- endfor %}
        Ok(())
    }
}
