{#
    A statement that renews the statistics of what was filled since they were made; called at the start of every run.
    Without them PostgreSQL takes a window of days for a two-hundredth of a table, or a day that is new for nothing, and loops
    over joins row by row. Its own autovacuum comes a minute too late after a backfill, and for one more day in a month not
    at all.
#}
{% macro analyze_what_changed() -%}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- set found = run_query(changed_tables_sql()) -%}
        {%- if found | length -%}
            analyze {{ found.columns['table_name'].values() | join(', ') }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- Never analyzed, which is known at once, or 2 % of their rows written since. -#}
{% macro changed_tables_sql() -%}
    select stats.relid::regclass::text as table_name
    from pg_stat_user_tables as stats
    inner join pg_class as tables on tables.oid = stats.relid
    where
        stats.schemaname in ('raw', 'core', 'intermediate')
        and tables.relkind = 'r'
        and (tables.reltuples < 0 or stats.n_mod_since_analyze > 0.02 * tables.reltuples)
    order by 1
{%- endmacro %}
