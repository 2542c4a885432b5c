{#
    Whom a pilot or structure fights for, as domain/groups.py has it, with what belongs to no group in two buckets so
    that totals add up: the alliance, else the player corporation; 0 = pilots without either, -1 = NPCs.
    NPC corporations have ids below 2,000,000; their members have nothing in common.
#}
{% macro group_id(character_id, corporation_id, alliance_id) -%}
    case
        when {{ character_id }} is null and coalesce({{ corporation_id }}, 0) < 2000000 then -1
        else coalesce({{ alliance_id }}, case when {{ corporation_id }} >= 2000000 then {{ corporation_id }} end, 0)
    end
{%- endmacro %}


{# What a group_id is: `alliance`, `corporation`, `pilots` without either, or `npcs`. #}
{% macro group_kind(group_id, is_alliance) -%}
    case
        when {{ group_id }} = -1 then 'npcs'
        when {{ group_id }} = 0 then 'pilots'
        when {{ is_alliance }} then 'alliance'
        else 'corporation'
    end
{%- endmacro %}


{#
    An attacker's share of `amount`, in whole units of it: what lies between share_from and share_until of it, both
    rounded, so that the shares of a mail add up to the amount exactly and none is a unit off. A mail without attackers
    is shared by nobody (both are null there), and is counted whole.
    `amount` is a double precision of whole units below 2^53: hundredths of an ISK up to 90 trillion ISK.
#}
{% macro share_of(amount) -%}
    (round({{ amount }} * coalesce(share_until, 1)) - round({{ amount }} * coalesce(share_from, 0)))::bigint
{%- endmacro %}
