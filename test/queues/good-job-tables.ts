// As the migrations of GoodJob 4 make them, without what nobody here asks of them.
export const TABLES = `
  create table good_jobs (id uuid primary key default gen_random_uuid(), queue_name text, priority integer,
    serialized_params jsonb, scheduled_at timestamp(6), performed_at timestamp(6), finished_at timestamp(6), error text,
    created_at timestamp(6) not null, updated_at timestamp(6) not null, active_job_id uuid, job_class text, labels text[],
    locked_by_id uuid, locked_at timestamp(6));
  create table good_job_processes (id uuid primary key default gen_random_uuid(), created_at timestamp(6) not null,
    updated_at timestamp(6) not null, state jsonb, lock_type smallint);
  create table good_job_settings (id uuid primary key default gen_random_uuid(), created_at timestamp(6) not null,
    updated_at timestamp(6) not null, key text, value jsonb);
  create unique index on good_job_settings (key);`;
