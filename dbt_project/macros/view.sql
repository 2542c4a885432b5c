{#
    Views are replaced in place. dbt's own way makes a new view and drops the old one with all that stands on it, so that
    the marts would be missing for as long as a run takes, under readers. Only where columns were renamed, removed or
    given another type, which PostgreSQL refuses, is a view dropped: its dependants follow in the same run.
#}
{% materialization view, adapter='postgres' -%}
    {%- set target = this.incorporate(type='view') -%}

    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        do $replace_view$
        begin
            {{ get_replace_view_sql(target, sql) }}
        exception when invalid_table_definition then
            drop view {{ target }} cascade;
            {{ get_create_view_as_sql(target, sql) }}
        end
        $replace_view$
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}

    {{ return({'relations': [target]}) }}
{%- endmaterialization %}
