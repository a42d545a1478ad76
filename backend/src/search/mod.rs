//! Finds accounts, contacts and deals by characters, pinyin and initials.
