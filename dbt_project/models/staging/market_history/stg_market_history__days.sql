select
    day,
    status,
    changed_at
from {{ source('market_history', 'market_history_days') }}
