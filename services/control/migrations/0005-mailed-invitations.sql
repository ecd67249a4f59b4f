-- Only a link that nobody but the mailbox saw proves the address it was sent to.
alter table control.invitations add mailed boolean not null default false;
grant select (mailed) on control.invitations to authenticated;
