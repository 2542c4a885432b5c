{#
    A condition: two fits of one hull are the same doctrine. `shared` is how many modules they have in common, a copy counting
    by itself and meta variants as one, of `left_size` and `right_size` modules. Alike means that of all the modules on either,
    seven in ten are on both (the Jaccard index): up to 17 % swapped or 30 % missing, so two of fifteen may be others. A tank
    or a set of guns of another kind is more.
#}
{% macro fits_are_alike(shared, left_size, right_size) -%}
    10 * {{ shared }} >= 7 * ({{ left_size }} + {{ right_size }} - {{ shared }})
{%- endmacro %}
