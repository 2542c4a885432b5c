{#-
    The database's own book-keeping, which no source has: nobody loads it. A month's partition counts for its table. What is
    counted as rows come and go is true from the first count of all on; a crash forgets it, and a copy of a database
    begins without: then the rows of a page as they were last counted, times the pages there are, as for the planner.
-#}
select
    stats.schemaname::text as table_schema,
    regexp_replace(stats.relname, '_\d{4}_\d{2}$', '') as table_name,
    case when bool_and(known.total_rows is not null) then sum(known.total_rows)::bigint end as total_rows,
    sum(pg_total_relation_size(stats.relid))::bigint as total_bytes,
    max(greatest(stats.last_analyze, stats.last_autoanalyze)) as analyzed_at
from pg_catalog.pg_stat_user_tables as stats
inner join pg_catalog.pg_class as tables on stats.relid = tables.oid
cross join lateral (
    select
        case
            when pg_relation_size(stats.relid) = 0 then 0
            when
                coalesce(stats.last_analyze, stats.last_autoanalyze, stats.last_vacuum, stats.last_autovacuum) is not null
                then stats.n_live_tup
            when tables.relpages > 0
                then
                    round(
                        tables.reltuples * pg_relation_size(stats.relid)
                        / (tables.relpages * current_setting('block_size')::float8)
                    )
        end as total_rows
) as known
where stats.schemaname in ('raw', 'core', 'intermediate') and tables.relkind = 'r'
group by stats.schemaname, regexp_replace(stats.relname, '_\d{4}_\d{2}$', '')
