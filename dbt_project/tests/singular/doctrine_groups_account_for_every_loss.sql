{{ config(meta={'dagster': {'ref': {'name': 'fct_doctrine_groups'}}}) }}

-- What a doctrine's groups lost, and its bursts, is what the doctrine lost.
with doctrines as (
    select doctrine_id, losses, losses_7d, isk_lost
    from {{ ref('dim_doctrines') }}
),

flyers as (
    select doctrine_id, sum(losses) as losses, sum(losses_7d) as losses_7d
    from {{ ref('fct_doctrine_groups') }}
    group by doctrine_id
),

bursts as (
    select doctrine_id, sum(losses) as losses, sum(isk_lost) as isk_lost
    from {{ ref('fct_doctrine_bursts') }}
    group by doctrine_id
)

select *
from doctrines
full join flyers using (doctrine_id)
full join bursts using (doctrine_id)
where
    (doctrines.losses, doctrines.losses_7d) is distinct from (flyers.losses, flyers.losses_7d)
    or (doctrines.losses, doctrines.isk_lost) is distinct from (bursts.losses, bursts.isk_lost)
