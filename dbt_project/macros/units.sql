{# A whole number as sentences have it: 12,345. #}
{% macro units(number) -%}
    to_char({{ number }}, 'FM999,999,999,999,999,990')
{%- endmacro %}
