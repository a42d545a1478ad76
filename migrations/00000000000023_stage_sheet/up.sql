-- What was answered to the push questions of stages, and what is planned and done of their tasks, deal by
-- deal. Owner room: funnel.

create table deal_answers (
    org_id uuid not null,
    deal_id uuid not null,
    stage_id uuid not null,
    -- As it was asked: a question that is reworded or removed leaves its answer readable.
    question text not null,
    answer text not null,
    answered_by uuid,
    answered_at timestamptz not null default now(),
    constraint deal_answers_pkey primary key (org_id, deal_id, stage_id, question),
    constraint deal_answers_deal_id_fkey foreign key (org_id, deal_id) references deals (org_id, id),
    constraint deal_answers_stage_id_fkey foreign key (org_id, stage_id) references stages (org_id, id),
    constraint deal_answers_answered_by_fkey foreign key (org_id, answered_by) references users (org_id, id),
    constraint deal_answers_question_check check (length(question) between 1 and 300),
    constraint deal_answers_answer_check check (length(answer) between 1 and 2000)
);
call dipper_protect('deal_answers');

create table deal_tasks (
    org_id uuid not null,
    deal_id uuid not null,
    stage_id uuid not null,
    -- As it was put.
    task text not null,
    due_on date,
    person_id uuid,
    done_at timestamptz,
    done_by uuid,
    note text not null default '',
    url text,
    constraint deal_tasks_pkey primary key (org_id, deal_id, stage_id, task),
    constraint deal_tasks_deal_id_fkey foreign key (org_id, deal_id) references deals (org_id, id),
    constraint deal_tasks_stage_id_fkey foreign key (org_id, stage_id) references stages (org_id, id),
    constraint deal_tasks_person_id_fkey foreign key (org_id, person_id) references users (org_id, id),
    constraint deal_tasks_done_by_fkey foreign key (org_id, done_by) references users (org_id, id),
    constraint deal_tasks_task_check check (length(task) between 1 and 300),
    constraint deal_tasks_note_check check (length(note) <= 500),
    constraint deal_tasks_url_check check (length(url) between 1 and 500)
);
call dipper_protect('deal_tasks');
