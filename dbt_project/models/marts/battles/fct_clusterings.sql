select
    clustering_id,
    finished_at,
    duration_seconds,
    battles_created,
    battles_updated,
    battles_deleted
from {{ ref('stg_battles__clusterings') }}
