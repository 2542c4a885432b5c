"""Names that are spelled alike, where the server has pg_trgm.

PostgreSQL ships it among its contributed modules, which the embedded server does not have; where it is, or whoever
migrates may not create extensions, nothing is ever alike.
"""

from alembic import op

revision = "0018"
down_revision = "0017"

TRIGRAMS = """
do $$
declare
    named record;
begin
    if exists (select from pg_available_extensions where name = 'pg_trgm') then
        begin
            create extension if not exists pg_trgm with schema public;
        exception when insufficient_privilege then
            raise notice 'pg_trgm is not created: %', sqlerrm;
            return;
        end;
        for named in
            select * from (values
                ('app.entity_names', 'entity_name'), ('core.solar_systems', 'solar_system_name'),
                ('core.regions', 'region_name'), ('core.types', 'type_name')
            ) as tables (table_name, column_name)
        loop
            execute format(
                'create index on %s using gin ((lower(%I) collate "C") public.gin_trgm_ops)',
                named.table_name, named.column_name
            );
        end loop;
    end if;
end
$$;
"""
ALIKE = """
create function app.alike_names(wanted text, kinds text[])
returns table (distance real, lower_name text, entry_kind text, entry_id bigint, entry_name text, context text)
language plpgsql stable rows 10 as $$
begin
    -- Asked each time: who administers the server may create the extension, or drop it, at any time.
    if to_regoperator('%>(text,text)') is not null then
        -- One letter that is missing in a word of seven leaves half of its trigrams.
        perform set_config('pg_trgm.word_similarity_threshold', '0.5', true);
        return query
        select
            wanted <<-> names.lower_name, names.lower_name, names.entry_kind, names.entry_id, names.entry_name,
            names.context
        from marts.dim_search_entries as names
        where names.lower_name %> wanted and names.entry_kind = any(kinds)
        order by 1, length(names.lower_name), 2, 3, 4
        limit 10;
    end if;
end
$$;
comment on function app.alike_names is
    'The ten entries of these kinds whose lower_name is spelled most like a text in lower case; none without pg_trgm.';
grant execute on function app.alike_names to battlescope_reader;
"""


def upgrade() -> None:
    """Creates the function and, where they can be had, the extension and its indexes."""
    op.execute(TRIGRAMS)
    op.execute(ALIKE)
