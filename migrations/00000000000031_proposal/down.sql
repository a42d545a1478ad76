drop table proposal_stakes;
drop table proposal_points;
