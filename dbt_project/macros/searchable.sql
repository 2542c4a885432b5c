{# A name as it is searched for: its beginning, in an order that an index serves, and its words; see migration 0010. #}
{% macro searchable(column) -%}
    lower({{ column }}) collate "C" as lower_name,
    to_tsvector('simple', regexp_replace(lower({{ column }}), '[^[:alnum:]]+', ' ', 'g')) as words
{%- endmacro %}
