select * from {{ ref('stg_static_data__stargates') }}
