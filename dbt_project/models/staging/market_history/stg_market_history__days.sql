select
    day,
    status
from {{ source('market_history', 'market_history_days') }}
