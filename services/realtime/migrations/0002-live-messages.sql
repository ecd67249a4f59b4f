-- as: admin
-- Messages put into the table reach the members of their topic when they are committed: the log tells of them, whatever
-- partition they are in.
alter publication ashlar_stream add table realtime.messages;
