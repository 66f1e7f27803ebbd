{% block makefile -%}
CFLAGS ?= -O2 -Wall -Wextra

lib{{ file }}.so: {{ file }}.c {{ file }}.h
	$(CC) -std=c11 $(CFLAGS) -fPIC -shared -pthread -o $@ {{ file }}.c

.PHONY: clean
clean:
	rm -f lib{{ file }}.so
{% endblock %}
