{#
    The last result of every test of data, kept in the database for `rpt_test_results`; called at the end of every run.
    Tests that ran replace what they said before, tests that left the project go, the others keep what they said.
#}
{% macro record_test_results(results) -%}
    {%- if execute -%}
        {%- do run_query(record_test_results_sql(results)) -%}
    {%- endif -%}
{%- endmacro %}


{% macro record_test_results_sql(results) -%}
    {%- set rows = [] -%}
    {%- for result in results if result.node.resource_type == 'test' -%}
        {%- set test = result.node -%}
        {#- A generic test is attached to its model; a singular one names, for Dagster, the model it belongs to. -#}
        {%- do rows.append({
            'test_id': test.unique_id,
            'test_name': test.name,
            'model_name': test.attached_node.split('.')[-1] if test.attached_node else test.config.meta.dagster.ref.name,
            'status': result.status | string,
            'failures': result.failures,
            'message': result.message,
        }) -%}
    {%- endfor -%}
    {%- set tests = graph.nodes.values() | selectattr('resource_type', 'equalto', 'test') | map(attribute='unique_id') -%}
    {%- set window_start = var('window_start', none) -%}

    delete from app.test_results where test_id <> all(array['{{ tests | join("', '") }}']::text[]);
    insert into app.test_results (
        test_id, test_name, model_name, status, failures, message, window_start, window_end, ran_at
    )
    select
        test_id,
        test_name,
        model_name,
        status,
        failures,
        message,
        {{ "date '" ~ window_start ~ "'" if window_start else 'null::date' }},
        {{ "date '" ~ var('window_end') ~ "'" if window_start else 'null::date' }},
        now()
    from json_to_recordset('{{ dbt.escape_single_quotes(tojson(rows)) }}') as ran (
        test_id text, test_name text, model_name text, status text, failures bigint, message text
    )
    on conflict (test_id) do update set
        test_name = excluded.test_name,
        model_name = excluded.model_name,
        status = excluded.status,
        failures = excluded.failures,
        message = excluded.message,
        window_start = excluded.window_start,
        window_end = excluded.window_end,
        ran_at = excluded.ran_at
{%- endmacro %}
