select
    source,
    as_of,
    row_index,
    detail
from {{ source('source_fetches', 'quarantined_rows') }}
