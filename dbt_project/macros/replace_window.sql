{#
    Incremental strategy `replace_window`: afterwards the window's days hold exactly the model's rows. Rows that vanished
    are deleted, new ones inserted, and rows that are as before are not touched, so a repeated run changes nothing.
    What cannot be counted again is left as it is: days whose mails were purged, and in a model that reads items those
    whose items were pruned.
    The model has a `day`, selects with in_window(), and names its key in `unique_key` as a list. What a day's mails change on
    the days beside it is replaced as well with the config `days_around`.
#}
{% macro get_incremental_replace_window_sql(arguments) -%}
    {%- set condition -%}
        {{ in_window('day', config.get('days_around', 0)) }}
        and day not in (
            select day from raw.purged_days
            {%- if reads_items(model) %}
            union all
            select day from raw.killmail_days where items_pruned_at is not null
            {%- endif %}
        )
    {%- endset -%}
    {{ replace_where(arguments, condition) }}
{%- endmacro %}


{#
    Incremental strategy `replace_all`: the same for a model whose every run selects all its rows. A table that dbt makes
    anew would take the views on it along.
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
    select {{ columns }} from {{ staged }} where {{ condition }}
    except
    select {{ columns }} from {{ target }} where {{ condition }}
    order by {{ arguments['unique_key'] | join(', ') }} -- rows of one place share blocks, so that few are read for them
{%- endmacro %}


{# Whether a node reads the items of killmails, by itself or through views; what tables hold of them stays. #}
{% macro reads_items(node) -%}
    {%- for key in node.depends_on.nodes if key in graph.nodes -%}
        {%- set read = graph.nodes[key] -%}
        {%- if read.name == 'stg_killmails__items' or (read.config.materialized == 'view' and reads_items(read)) -%}
            {{ return(true) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(false) }}
{%- endmacro %}
