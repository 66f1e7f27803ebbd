{% block head %}// Linux, Mono 6 or .NET. Compile with -unsafe, or <AllowUnsafeBlocks>true</AllowUnsafeBlocks>.
namespace {{ namespace }}
{
{{ usings -}}
{% endblock %}
{% block record %}{{ doc }}    public sealed class {{ name }} : IEquatable<{{ name }}>
    {
        public {{ constructor }}
        {
{% for field in fields %}            this.{{ field.property }} = {{ field.parameter }};
{% endfor %}        }
{% for field in fields %}
        public {{ field.ty }} {{ field.property }} { get; private set; }
{% endfor %}
        public bool Equals({{ name }} other)
        {
            return other != null
{% for field in fields %}                && Values.Same(this.{{ field.property }}, other.{{ field.property }}){% if loop.last %};{% endif %}
{% endfor %}        }

        public override bool Equals(object other)
        {
            return Equals(other as {{ name }});
        }

        public override int GetHashCode()
        {
            return Values.Hash({% for field in fields %}this.{{ field.property }}{% if !loop.last %}, {% endif %}{% endfor %});
        }
    }

    internal sealed unsafe class {{ name }}Codec : Codec<{{ name }}>
    {
        internal static readonly {{ name }}Codec Instance = new {{ name }}Codec();
{% for codec in codecs %}
        {{ codec }}
{% endfor %}
        internal override void Put(byte* at, {{ name }} value, string what)
        {
            Values.Given(value, what);
{% for put in puts %}            {{ put }}
{% endfor %}        }

        internal override {{ name }} Get(byte* at, string what)
        {
            return {{ construction }}
        }
    }
{% endblock %}
{% block function %}    public static unsafe partial class Stub
    {
{% for field in statics %}        {{ field }}

{% endfor %}{{ doc }}        public static {{ signature }}
        {
            Lane {{ lane }} = {{ channel }}.Take({{ timeout }});
            try
            {
{% if !puts.is_empty() %}                byte* {{ payload }} = {{ lane }}.Payload;
{% endif %}{% for put in puts %}                {{ put }}
{% endfor %}                {{ channel }}.Call({{ lane }});
{% if !results.is_empty() %}                {{ again }} = {{ lane }}.Payload;
                return {{ results }}
{% endif %}            }
            finally
            {
                {{ channel }}.GiveBack({{ lane }});
            }
        }
    }
{% endblock %}
