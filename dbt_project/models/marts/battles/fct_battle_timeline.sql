select
    day,
    battle_id,
    date_trunc('minute', killmail_time) as minute_at,
    victim_side as side,
    count(*)::integer as killmails,
    (count(*) filter (where victim_ship_group_name is distinct from 'Capsule'))::integer as ships_lost,
    coalesce(sum(total_isk), 0)::numeric(24, 2) as isk_lost
from {{ ref('int_battle_killmails__valued') }}
group by day, battle_id, date_trunc('minute', killmail_time), victim_side
