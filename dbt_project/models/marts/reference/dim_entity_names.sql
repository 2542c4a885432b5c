select * from {{ ref('stg_names__entities') }}
