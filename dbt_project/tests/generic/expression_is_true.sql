{# The SQL `expression` holds for every row; null does not hold. #}
{% test expression_is_true(model, expression) %}
    select *
    from {{ model }}
    where ({{ expression }}) is not true
{% endtest %}
