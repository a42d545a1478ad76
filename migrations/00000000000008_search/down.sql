drop table search_grams, search_names;
