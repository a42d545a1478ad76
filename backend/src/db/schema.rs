//! The tables as diesel sees them; a test compares them with the migrated database.

diesel::table! {
    accounts (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        name -> Text,
        kind -> Text,
        industry -> Nullable<Text>,
        nature -> Nullable<Text>,
        size -> Nullable<Text>,
        employees -> Nullable<Int4>,
        region -> Nullable<Text>,
        address -> Nullable<Text>,
        website -> Nullable<Text>,
        phones -> Array<Text>,
        parent_id -> Nullable<Uuid>,
        owner_id -> Nullable<Uuid>,
        source -> Nullable<Text>,
        tier -> Nullable<Text>,
        tags -> Array<Text>,
        version -> Int4,
        archived_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        values_it -> Nullable<Bool>,
        has_plan -> Nullable<Bool>,
        has_person -> Nullable<Bool>,
        has_date -> Nullable<Bool>,
        purchase_on -> Nullable<Date>,
        man -> Jsonb,
        prospecting -> Nullable<Text>,
    }
}

diesel::table! {
    class_rules (org_id) {
        org_id -> Uuid,
        urgent_months -> Int2,
        small_from -> Int4,
        medium_from -> Int4,
        large_over -> Int4,
        amount_a -> Int2,
        amount_b -> Int2,
        version -> Int4,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    contacts (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        account_id -> Uuid,
        name -> Text,
        title -> Nullable<Text>,
        department -> Nullable<Text>,
        level -> Nullable<Text>,
        phones -> Array<Text>,
        mail -> Nullable<Text>,
        wechat -> Nullable<Text>,
        version -> Int4,
        archived_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    counted_rules (org_id, funnel_id) {
        org_id -> Uuid,
        funnel_id -> Uuid,
        rules -> Jsonb,
        set_at -> Timestamptz,
    }
}

diesel::table! {
    deal_answers (org_id, deal_id, stage_id, question) {
        org_id -> Uuid,
        deal_id -> Uuid,
        stage_id -> Uuid,
        question -> Text,
        answer -> Text,
        answered_by -> Nullable<Uuid>,
        answered_at -> Timestamptz,
    }
}

diesel::table! {
    deal_cases (org_id, deal_id) {
        org_id -> Uuid,
        deal_id -> Uuid,
        worked -> Text,
        failed -> Text,
        lesson -> Text,
        tags -> Array<Text>,
        author_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    deal_lines (org_id, deal_id, position) {
        org_id -> Uuid,
        deal_id -> Uuid,
        position -> Int4,
        product_id -> Uuid,
        quantity -> Numeric,
        unit_price -> Nullable<Numeric>,
    }
}

diesel::table! {
    deal_tasks (org_id, deal_id, stage_id, task) {
        org_id -> Uuid,
        deal_id -> Uuid,
        stage_id -> Uuid,
        task -> Text,
        due_on -> Nullable<Date>,
        person_id -> Nullable<Uuid>,
        done_at -> Nullable<Timestamptz>,
        done_by -> Nullable<Uuid>,
        note -> Text,
        url -> Nullable<Text>,
    }
}

diesel::table! {
    deal_tests (org_id, deal_id) {
        org_id -> Uuid,
        deal_id -> Uuid,
        answers -> Jsonb,
        updated_at -> Timestamptz,
        elements -> Jsonb,
    }
}

diesel::table! {
    deals (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        title -> Text,
        account_id -> Nullable<Uuid>,
        funnel_id -> Uuid,
        stage_id -> Uuid,
        reached_stage_id -> Uuid,
        status -> Text,
        rank -> Text,
        amount -> Nullable<Numeric>,
        currency -> Nullable<Text>,
        probability -> Nullable<Int2>,
        expected_close_on -> Nullable<Date>,
        next_step -> Nullable<Text>,
        next_step_on -> Nullable<Date>,
        owner_id -> Nullable<Uuid>,
        loss_reason -> Nullable<Text>,
        loss_note -> Nullable<Text>,
        stage_entered_at -> Timestamptz,
        closed_at -> Nullable<Timestamptz>,
        version -> Int4,
        archived_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        override_reason -> Nullable<Text>,
        expected_profit -> Nullable<Numeric>,
        evidence_probability -> Nullable<Int2>,
        is_low_investment -> Bool,
    }
}

diesel::table! {
    evidence (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        deal_id -> Uuid,
        criterion_id -> Uuid,
        title -> Text,
        url -> Nullable<Text>,
        contact_id -> Nullable<Uuid>,
        filed_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
        withdrawn_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    events (org_id, sequence) {
        org_id -> Uuid,
        sequence -> Int8,
        at -> Timestamptz,
        actor_kind -> Text,
        actor_id -> Nullable<Uuid>,
        kind -> Text,
        subject_kind -> Text,
        subject_id -> Uuid,
        account_id -> Nullable<Uuid>,
        deal_id -> Nullable<Uuid>,
        owner_id -> Nullable<Uuid>,
        previous_owner_id -> Nullable<Uuid>,
        request_id -> Nullable<Text>,
        data -> Jsonb,
    }
}

diesel::table! {
    external_ids (org_id, subject_kind, source, external_id) {
        org_id -> Uuid,
        subject_kind -> Text,
        source -> Text,
        external_id -> Text,
        subject_id -> Uuid,
    }
}

diesel::table! {
    funnels (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        name -> Text,
        version -> Int4,
        archived_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        method -> Nullable<Text>,
        product_line -> Nullable<Text>,
    }
}

diesel::table! {
    idempotency_keys (org_id, user_id, key) {
        org_id -> Uuid,
        user_id -> Uuid,
        key -> Text,
        operation -> Text,
        body_hash -> Bytea,
        status -> Int2,
        etag -> Nullable<Text>,
        location -> Nullable<Text>,
        body -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    import_chunks (org_id, file_id, position) {
        org_id -> Uuid,
        file_id -> Uuid,
        position -> Int4,
        bytes -> Bytea,
    }
}

diesel::table! {
    import_files (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        import_id -> Uuid,
        position -> Int4,
        name -> Text,
        bytes -> Int8,
        facts -> Jsonb,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    import_problems (org_id, id) {
        org_id -> Uuid,
        id -> Int8,
        import_id -> Uuid,
        file_id -> Uuid,
        line -> Int8,
        code -> Text,
        severity -> Text,
        field -> Nullable<Text>,
        header -> Nullable<Text>,
        value -> Nullable<Text>,
        taken -> Nullable<Text>,
        cells -> Nullable<Text>,
    }
}

diesel::table! {
    imports (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        state -> Text,
        created_by -> Uuid,
        source -> Text,
        currency -> Text,
        missing_amount -> Text,
        choices -> Jsonb,
        plan -> Jsonb,
        report -> Nullable<Jsonb>,
        checkpoint -> Nullable<Jsonb>,
        rows_done -> Int8,
        rows_total -> Int8,
        failure -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        started_at -> Nullable<Timestamptz>,
        finished_at -> Nullable<Timestamptz>,
        unmet_criteria -> Text,
    }
}

diesel::table! {
    invitations (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        email -> Text,
        name -> Text,
        role -> Text,
        level -> Text,
        team_id -> Nullable<Uuid>,
        user_id -> Nullable<Uuid>,
        token_hash -> Bytea,
        invited_by -> Uuid,
        expires_at -> Timestamptz,
        accepted_at -> Nullable<Timestamptz>,
        withdrawn_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    job_queue (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        kind -> Text,
        subject_id -> Uuid,
        due_at -> Timestamptz,
        claimed_by -> Nullable<Uuid>,
        heartbeat_at -> Nullable<Timestamptz>,
        attempts -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    logins (email) {
        email -> Text,
        organisation_id -> Uuid,
        user_id -> Uuid,
    }
}

diesel::table! {
    objections (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        deal_id -> Uuid,
        class -> Text,
        said -> Text,
        contact_id -> Nullable<Uuid>,
        moves -> Jsonb,
        logged_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
        settled_at -> Nullable<Timestamptz>,
        withdrawn_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    organisations (id) {
        id -> Uuid,
        name -> Text,
        currency -> Text,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        time_zone -> Text,
    }
}

diesel::table! {
    portfolio_limits (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        level -> Text,
        valid_from -> Date,
        limits -> Jsonb,
        set_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    priority_confirmations (org_id, account_id) {
        org_id -> Uuid,
        account_id -> Uuid,
        confirmed_at -> Timestamptz,
        confirmed_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    priority_rules (org_id) {
        org_id -> Uuid,
        high_from -> Int2,
        middle_from -> Int2,
        review_days -> Int2,
        plans -> Jsonb,
        version -> Int4,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    products (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        name -> Text,
        line -> Nullable<Text>,
        list_price -> Nullable<Numeric>,
        currency -> Nullable<Text>,
        version -> Int4,
        archived_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    proposal_points (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        deal_id -> Uuid,
        place -> Int2,
        feature -> Text,
        advantage -> Text,
        benefit -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    proposal_stakes (org_id, point_id, contact_id) {
        org_id -> Uuid,
        point_id -> Uuid,
        contact_id -> Uuid,
        is_harm -> Bool,
    }
}

diesel::table! {
    rounds (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        deal_id -> Uuid,
        number -> Int4,
        stage_id -> Uuid,
        gate_version -> Int4,
        results -> Jsonb,
        judged -> Jsonb,
        points -> Nullable<Int2>,
        shortlist -> Nullable<Int2>,
        chance_soon -> Nullable<Int2>,
        next_on -> Nullable<Date>,
        held_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    saved_views (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        owner_id -> Uuid,
        team_id -> Nullable<Uuid>,
        funnel_id -> Uuid,
        name -> Text,
        kind -> Text,
        filter -> Jsonb,
        group_by -> Text,
        sort -> Text,
        position -> Int4,
        version -> Int4,
        archived_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    screening_rules (org_id) {
        org_id -> Uuid,
        criteria -> Jsonb,
        pass_share -> Int2,
        review_days -> Int2,
        version -> Int4,
        criteria_version -> Int4,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    screening_sheets (org_id, account_id) {
        org_id -> Uuid,
        account_id -> Uuid,
        answers -> Jsonb,
        looked_at -> Timestamptz,
        looked_by -> Nullable<Uuid>,
        rules_version -> Int4,
    }
}

diesel::table! {
    scripts (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        kind -> Text,
        title -> Text,
        body -> Text,
        stage_id -> Nullable<Uuid>,
        stage_kind -> Nullable<Text>,
        account_kind -> Nullable<Text>,
        size -> Nullable<Text>,
        tier -> Nullable<Text>,
        playbook -> Nullable<Text>,
        version -> Int4,
        archived_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    search_grams (org_id, gram, kind, subject_id) {
        org_id -> Uuid,
        subject_id -> Uuid,
        kind -> Int2,
        gram -> Text,
    }
}

diesel::table! {
    search_names (org_id, subject_id, kind) {
        org_id -> Uuid,
        subject_id -> Uuid,
        kind -> Int2,
        name -> Text,
    }
}

diesel::table! {
    sessions (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        user_id -> Uuid,
        kind -> Text,
        rotation -> Int4,
        rotated_at -> Timestamptz,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    stage_mappings (org_id, funnel_id, through_id, from_stage_id) {
        org_id -> Uuid,
        funnel_id -> Uuid,
        through_id -> Uuid,
        from_stage_id -> Uuid,
        to_stage_id -> Uuid,
    }
}

diesel::table! {
    stage_totals (org_id, id) {
        org_id -> Uuid,
        id -> Int8,
        stage_id -> Uuid,
        owner_id -> Nullable<Uuid>,
        measure -> Text,
        currency -> Nullable<Text>,
        deals -> Int8,
        amount -> Numeric,
        own_weighted -> Numeric,
        loose_amount -> Numeric,
    }
}

diesel::table! {
    stage_gates (org_id, stage_id, version) {
        org_id -> Uuid,
        stage_id -> Uuid,
        version -> Int4,
        gate -> Jsonb,
        set_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    stages (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        funnel_id -> Uuid,
        position -> Int4,
        name -> Text,
        kind -> Text,
        probability -> Int2,
        probability_high -> Nullable<Int2>,
        definition -> Text,
        goal -> Text,
        entry_text -> Text,
        exit_text -> Text,
        rot_days -> Nullable<Int2>,
        colour -> Text,
        archived_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        tasks -> Array<Text>,
        questions -> Array<Text>,
        roles -> Array<Text>,
        is_ours -> Bool,
        moved_to_id -> Nullable<Uuid>,
        moved_by -> Nullable<Uuid>,
        gate -> Jsonb,
        gate_version -> Int4,
        attention -> Nullable<Text>,
        next_step -> Text,
        next_step_days -> Nullable<Int2>,
        our_parts -> Array<Text>,
    }
}

diesel::table! {
    teams (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        name -> Text,
        parent_id -> Nullable<Uuid>,
        version -> Int4,
        archived_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    touches (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        deal_id -> Uuid,
        kind -> Text,
        at -> Timestamptz,
        note -> Text,
        recorded_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
        withdrawn_at -> Nullable<Timestamptz>,
        outcome -> Nullable<Jsonb>,
    }
}

diesel::table! {
    users (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        name -> Text,
        email -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        role -> Text,
        level -> Text,
        team_id -> Nullable<Uuid>,
        state -> Text,
        locale -> Text,
        epoch -> Int4,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    class_rules,
    contacts,
    counted_rules,
    deal_answers,
    deal_cases,
    deal_lines,
    deal_tasks,
    deal_tests,
    deals,
    events,
    evidence,
    external_ids,
    funnels,
    idempotency_keys,
    import_chunks,
    import_files,
    import_problems,
    imports,
    invitations,
    job_queue,
    logins,
    objections,
    organisations,
    portfolio_limits,
    priority_confirmations,
    priority_rules,
    products,
    proposal_points,
    proposal_stakes,
    rounds,
    saved_views,
    screening_rules,
    screening_sheets,
    scripts,
    search_grams,
    search_names,
    sessions,
    stage_gates,
    stage_totals,
    stages,
    teams,
    touches,
    users,
);
