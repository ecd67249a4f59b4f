-- The control project has a data key as well, and no row among the projects. Whoever deletes a project deletes its key.
alter table control.data_keys drop constraint data_keys_project_ref_fkey;
