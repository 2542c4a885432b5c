{# Figures as people say them, for sentences: 3 d 4 h, 5 h 20 min, 0 min. #}
{% macro duration_in_words(seconds) -%}
    (case
        when {{ seconds }} >= 86400
            then format('%s d %s h', floor({{ seconds }} / 86400), floor({{ seconds }} / 3600)::bigint % 24)
        when {{ seconds }} >= 3600
            then format('%s h %s min', floor({{ seconds }} / 3600), floor({{ seconds }} / 60)::bigint % 60)
        when {{ seconds }} is not null then format('%s min', floor({{ seconds }} / 60))
    end)
{%- endmacro %}


{# 1.2 trillion, 45.1 billion, 3.0 million ISK, 0.2 million ISK. #}
{% macro isk_in_words(isk) -%}
    (case
        when {{ isk }} >= 1e12 then round(({{ isk }} / 1e12)::numeric, 1) || ' trillion ISK'
        when {{ isk }} >= 1e9 then round(({{ isk }} / 1e9)::numeric, 1) || ' billion ISK'
        else round(({{ isk }} / 1e6)::numeric, 1) || ' million ISK'
    end)
{%- endmacro %}


{# Words for the structure that an event of sovereignty is about. #}
{% macro event_in_words(event_type) -%}
    (case {{ event_type }}
        when 'ihub_defense' then 'sovereignty hub'
        when 'tcu_defense' then 'territorial claim unit'
        else 'station'
    end)
{%- endmacro %}


{# 12 jumps, 1 jump. #}
{% macro jumps_in_words(jumps) -%}
    ({{ jumps }} || case {{ jumps }} when 1 then ' jump' else ' jumps' end)
{%- endmacro %}


{# 12,345. #}
{% macro units_in_words(number) -%}
    to_char({{ number }}, 'FM999,999,999,999,999,990')
{%- endmacro %}
