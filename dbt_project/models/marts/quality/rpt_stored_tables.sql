select
    table_schema,
    table_name,
    total_rows,
    total_bytes,
    analyzed_at
from {{ ref('int_tables__counted') }}
