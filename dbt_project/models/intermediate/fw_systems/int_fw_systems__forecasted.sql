{#- z of a normal distribution: 90 of 100 intervals of this width hold what they estimate. #}
{%- set z = 1.645 %}
select
    rated.solar_system_id,
    rated.owner_faction_id,
    rated.occupier_faction_id,
    rated.contested,
    rated.victory_points,
    rated.victory_points_threshold,
    rated.contested_percent,
    rated.as_of,
    rated.observed_hours,
    rated.changes_24h,
    rated.percent_per_hour_6h,
    rated.percent_per_hour_24h,
    rated.percent_per_hour_24h_error,
    bounds.flip_hours,
    bounds.flip_hours_low,
    bounds.flip_hours_high,
    case
        when bounds.flip_hours is not null
            then format(
                'At %s %% an hour it is fully contested in %s, between %s and %s.',
                round(rated.percent_per_hour_24h::numeric, 1),
                {{ duration_in_words('(3600 * bounds.flip_hours)') }},
                {{ duration_in_words('(3600 * bounds.flip_hours_low)') }},
                coalesce({{ duration_in_words('(3600 * bounds.flip_hours_high)') }}, 'never')
            )
        when rated.contested_percent >= 100 then 'It is fully contested and can be taken.'
        when rated.observed_hours is null or rated.observed_hours < 6
            then format('It has been watched for %s h; a forecast needs 6.', round(coalesce(rated.observed_hours, 0)::numeric, 1))
        when rated.changes_24h = 0 then 'It has not changed in 24 h.'
        when rated.changes_24h = 1 then 'It changed once in 24 h, which is no pace.'
        else 'It is not getting closer.'
    end as flip_reason
from {{ ref('int_fw_systems__rated') }} as rated
-- In t hours it moves by rate * t, give or take z * sqrt(v * (t + t² / observed)), where v is the jumps' variance per hour;
-- the second part is the rate's own error. That it then has moved by what remains is an equation of t squared:
-- a * t² - b * t + remaining² = 0, whose roots are the bounds.
cross join lateral (
    select
        case
            when
                rated.contested_percent < 100
                and rated.observed_hours >= 6
                and rated.changes_24h >= 2
                and rated.percent_per_hour_24h > 0
                then 100 - rated.contested_percent
        end as remaining,
        rated.percent_per_hour_24h ^ 2 - ({{ z }} * rated.percent_per_hour_24h_error) ^ 2 as a,
        2 * (100 - rated.contested_percent) * rated.percent_per_hour_24h
        + ({{ z }} * rated.percent_per_hour_24h_error) ^ 2 * rated.observed_hours as b
    offset 0 -- or PostgreSQL would write these terms out wherever they are used, and plan that for 60 ms
) as terms
cross join lateral (
    select
        terms.remaining / rated.percent_per_hour_24h as flip_hours,
        2 * terms.remaining ^ 2 / (terms.b + sqrt(terms.b ^ 2 - 4 * terms.a * terms.remaining ^ 2)) as flip_hours_low,
        case
            when terms.a > 0 then (terms.b + sqrt(terms.b ^ 2 - 4 * terms.a * terms.remaining ^ 2)) / (2 * terms.a)
        end as flip_hours_high
    offset 0
) as bounds
