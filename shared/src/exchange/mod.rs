//! How do data come and go: file imports.
