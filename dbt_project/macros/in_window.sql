{#
    A condition: `column` (a UTC date) lies in the run's window, window_start <= column < window_end.
    It holds for every row when the run has no window, and while an incremental table is built whole: then days
    outside the window are needed as well.
    Each table that is read needs it of its own: PostgreSQL does not carry a range over a join, and would read all months.
    Tests look at no day whose mails were purged: what was counted of it stands alone.
    `days_around` widens the window on both sides, for what may begin on one day and end on the next.
#}
{% macro in_window(column, days_around=0) -%}
    {%- set is_test = model.resource_type == 'test' -%}
    {%- if var('window_start', none) is none or not (is_test or is_incremental()) -%}
        {{ 'true' if not is_test }}
    {%- else -%}
        ({{ column }} >= date '{{ var('window_start') }}'{{ ' - %d' % days_around if days_around }}
        and {{ column }} < date '{{ var('window_end') }}'{{ ' + %d' % days_around if days_around }})
        {{- ' and ' if is_test }}
    {%- endif -%}
    {%- if is_test -%}
        {{ column }} not in (select day from raw.purged_days)
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
