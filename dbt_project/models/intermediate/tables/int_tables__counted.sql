{#- The database's own book-keeping, which no source has: nobody loads it. A month's partition counts for its table. -#}
select
    schemaname::text as table_schema,
    regexp_replace(relname, '_\d{4}_\d{2}$', '') as table_name,
    sum(n_live_tup)::bigint as total_rows,
    sum(pg_total_relation_size(relid))::bigint as total_bytes,
    max(greatest(last_analyze, last_autoanalyze)) as analyzed_at
from pg_catalog.pg_stat_user_tables
where schemaname in ('raw', 'core', 'intermediate')
group by table_schema, regexp_replace(relname, '_\d{4}_\d{2}$', '')
