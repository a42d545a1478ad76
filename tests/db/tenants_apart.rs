//! Tenants stay apart under load, with clients that leave in the middle (RLS-3).
