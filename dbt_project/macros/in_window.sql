{#
    A condition: `column` (a UTC date) lies in the run's window, window_start <= column < window_end.
    It holds for every row when the run has no window, and while an incremental table is built whole: then days
    outside the window are needed as well.
    Each table that is read needs it of its own: PostgreSQL does not carry a range over a join, and would read all months.
    `margin_days` widens it on both ends, for what changes along with days beside its own.
#}
{% macro in_window(column, margin_days=0) -%}
    {%- if var('window_start', none) is none or (model.resource_type != 'test' and not is_incremental()) -%}
        true
    {%- else -%}
        (
            {{ column }} >= date '{{ var('window_start') }}' - {{ margin_days }}
            and {{ column }} < date '{{ var('window_end') }}' + {{ margin_days }}
        )
    {%- endif -%}
{%- endmacro %}


{# Lets a test say `where: in_window` on a model with a `day`: it then looks at the days of the run, not at all history. #}
{% macro get_where_subquery(relation) -%}
    {%- set where = config.get('where') -%}
    {%- if where -%}
        (select * from {{ relation }} where {{ in_window('day') if where == 'in_window' else where }}) as tested
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}
