//! The schema's own promises, read from the catalogue of the migrated database.

mod encrypted;
mod migrations;
mod names;
mod restored;
mod schema_file;
mod tenancy;
mod tenants_apart;
