{%- for line in head -%}
{{ line }}
{% endfor -%}
pub struct {{ name }} {
{%- for field in fields %}
    {{ field }}
{%- endfor %}
}

impl channel::Codec for {{ name }} {
    type Value = Self;
    const SIZE: usize = {{ size }};
    const ALIGN: usize = {{ align }};

    fn wire() -> String {
        {{ wire }}
        wire.to_owned()
    }

    fn get(payload: channel::Payload<'_>, at: usize, name: &str) -> channel::Read<Self> {
{%- for line in aliases %}
        {{ line }}
{%- endfor %}
{%- for line in lets %}
        {{ line }}
{%- endfor %}
        Ok(Self {
{%- for line in gets %}
            {{ line }}
{%- endfor %}
        })
    }
}

impl channel::Put<Self> for {{ name }} {
    fn put(
        payload: channel::Payload<'_>,
        at: usize,
        name: &str,
        value: &Self,
    ) -> Result<(), channel::Unfit> {
{%- for line in aliases %}
        {{ line }}
{%- endfor %}
{%- for line in puts %}
        {{ line }}
{%- endfor %}
        Ok(())
    }
}
