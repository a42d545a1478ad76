drop table job_queue;
drop table import_problems;
drop table import_chunks;
drop table import_files;
drop table imports;
