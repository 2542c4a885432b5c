{# A condition: a type is a capsule, which is lost after its ship and bought by nobody. `types` has its group_id. #}
{% macro is_capsule(types) -%}
    {{ types }}.group_id = 29
{%- endmacro %}


{# A condition: a type is a ship, capsules apart. `types` has its category_name and group_id. #}
{% macro is_ship(types) -%}
    ({{ types }}.category_name = 'Ship' and not {{ is_capsule(types) }})
{%- endmacro %}


{# A condition: a type is a structure that stands in space and belongs to somebody. `types` has its category_name. #}
{% macro is_structure(types) -%}
    {{ types }}.category_name in ('Structure', 'Starbase', 'Sovereignty Structures', 'Orbitals')
{%- endmacro %}


{# A condition: a type is a smart bomb, which hits whoever is near. `types` has its group_id. #}
{% macro is_smart_bomb(types) -%}
    {{ types }}.group_id = 72
{%- endmacro %}
