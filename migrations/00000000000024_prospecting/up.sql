-- How an account was found, beside the words on where it came from. Owner room: accounts.
alter table accounts add column prospecting text;
alter table accounts add constraint accounts_prospecting_check check (
    prospecting in ('carpet', 'advertising', 'centre', 'chain', 'seminar', 'meeting')
);
