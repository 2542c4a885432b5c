{#
    Incremental strategy `replace_window`: afterwards the window's days hold exactly the model's rows. Rows that vanished
    are deleted, new ones inserted, and rows that are as before are not touched, so a repeated run changes nothing.
    The model has a `day`, selects with in_window(), and names its key in `unique_key` as a list.
#}
{% macro get_incremental_replace_window_sql(arguments) -%}
    {%- set target, staged = arguments['target_relation'], arguments['temp_relation'] -%}
    {%- set columns = get_quoted_csv(arguments['dest_columns'] | map(attribute='name')) -%}

    delete from {{ target }} as stored
    using (
        select {{ columns }} from {{ target }} where {{ in_window('day') }}
        except
        select {{ columns }} from {{ staged }}
    ) as vanished
    where {% for column in arguments['unique_key'] -%}
        stored.{{ column }} = vanished.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor %};

    insert into {{ target }} ({{ columns }})
    select {{ columns }} from {{ staged }}
    except
    select {{ columns }} from {{ target }} where {{ in_window('day') }}
{%- endmacro %}
