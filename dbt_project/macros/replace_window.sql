{#
    Incremental strategy `replace_window`: afterwards the window's days hold exactly the model's rows. Rows that vanished
    are deleted, new ones inserted, and rows that are as before are not touched, so a repeated run changes nothing.
    The model has a `day`, selects with in_window(), and names its key in `unique_key` as a list. One that selects with a
    margin says so in `meta: {margin_days: …}`.
#}
{% macro get_incremental_replace_window_sql(arguments) -%}
    {{ replace_where(arguments, in_window('day', config.get('meta', {}).get('margin_days', 0))) }}
{%- endmacro %}


{#
    Incremental strategy `replace_all`: the same for a model without a `day` whose every run selects all its rows. A table
    that dbt makes anew would take the views on it along.
#}
{% macro get_incremental_replace_all_sql(arguments) -%}
    {{ replace_where(arguments, 'true') }}
{%- endmacro %}


{% macro replace_where(arguments, condition) -%}
    {%- set target, staged = arguments['target_relation'], arguments['temp_relation'] -%}
    {%- set columns = get_quoted_csv(arguments['dest_columns'] | map(attribute='name')) -%}

    delete from {{ target }} as stored
    using (
        select {{ columns }} from {{ target }} where {{ condition }}
        except
        select {{ columns }} from {{ staged }}
    ) as vanished
    where {% for column in arguments['unique_key'] -%}
        stored.{{ column }} = vanished.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor %};

    insert into {{ target }} ({{ columns }})
    select {{ columns }} from {{ staged }}
    except
    select {{ columns }} from {{ target }} where {{ condition }}
{%- endmacro %}
