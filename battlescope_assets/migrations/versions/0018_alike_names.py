"""Names that are spelled alike, where the server has pg_trgm; marts that 0017 changed what lies under are built anew.

PostgreSQL ships pg_trgm among its contributed modules, which the embedded server does not have. Where it is missing,
where whoever migrates may not create extensions, or where another schema than those searched has it, nothing is alike.
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
            create extension if not exists pg_trgm;
        exception when insufficient_privilege then
            raise notice 'pg_trgm is not created: %', sqlerrm;
        end;
    end if;
    if to_regoperator('%>(text,text)') is not null then
        for named in
            select * from (values
                ('app.entity_names', 'entity_name'), ('core.solar_systems', 'solar_system_name'),
                ('core.regions', 'region_name'), ('core.types', 'type_name')
            ) as tables (table_name, column_name)
        loop
            execute format(
                'create index on %s using gin ((lower(%I) collate "C") gin_trgm_ops)',
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
MARTS = """
-- Answers find neither these as they were nor new indexes on them: the next build of the marts makes them anew.
drop view if exists marts.fct_battle_sides cascade;
drop table if exists intermediate.int_demand__scored cascade;
"""


def upgrade() -> None:
    """Creates the function and, where they can be had, the extension and its indexes; drops the marts."""
    for statements in (TRIGRAMS, ALIKE, MARTS):
        op.execute(statements)
