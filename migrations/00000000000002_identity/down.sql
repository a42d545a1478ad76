drop table invitations;
drop table sessions;
drop table logins;
drop table users;
drop table teams;
drop table organisations;
