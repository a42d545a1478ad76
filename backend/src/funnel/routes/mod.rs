//! The routes of the funnel room.

mod board;
mod bulk;
mod cases;
mod counted;
mod deal_list;
mod deals;
mod effort;
mod elements;
pub mod funnels;
mod gate;
mod grouped;
mod history;
mod mappings;
mod methods;
pub mod moves;
mod objections;
mod proposal;
mod rounds;
mod scripts;
mod shape;
mod sheet;
mod touches;
mod views;
mod worth;

use utoipa_actix_web::service_config::ServiceConfig;

/// Adds the routes of this room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(methods::list_methods)
        .service(funnels::list_funnels)
        .service(funnels::create_funnel)
        .service(funnels::get_funnel)
        .service(funnels::update_funnel)
        .service(funnels::archive_funnel)
        .service(funnels::restore_funnel)
        .service(gate::get_stage_gate)
        .service(gate::set_stage_gate)
        .service(gate::list_stage_gates)
        .service(board::get_board)
        .service(board::get_totals)
        .service(board::list_cards)
        .service(board::list_group_cards)
        .service(shape::get_shape)
        .service(worth::get_worth)
        .service(effort::get_deal_effort)
        .service(mappings::create_mapping)
        .service(deal_list::list_deals)
        .service(deal_list::search_deals)
        .service(bulk::bulk_deals)
        .service(deals::create_deal)
        .service(deals::get_deal)
        .service(deals::update_deal)
        .service(deals::archive_deal)
        .service(deals::restore_deal)
        .service(moves::move_deal)
        .service(gate::get_gate_sheet)
        .service(gate::file_evidence)
        .service(gate::withdraw_evidence)
        .service(gate::answer_tests)
        .service(elements::score_elements)
        .service(rounds::list_rounds)
        .service(rounds::hold_round)
        .service(sheet::get_deal_sheet)
        .service(sheet::answer_question)
        .service(sheet::plan_task)
        .service(touches::list_touches)
        .service(touches::record_touch)
        .service(touches::withdraw_touch)
        .service(objections::list_objections)
        .service(objections::log_objection)
        .service(objections::update_objection)
        .service(objections::withdraw_objection)
        .service(proposal::get_proposal)
        .service(proposal::add_proposal_point)
        .service(proposal::update_proposal_point)
        .service(proposal::remove_proposal_point)
        .service(proposal::order_proposal)
        .service(scripts::list_scripts)
        .service(scripts::create_script)
        .service(scripts::get_script)
        .service(scripts::update_script)
        .service(scripts::archive_script)
        .service(scripts::restore_script)
        .service(scripts::list_playbooks)
        .service(scripts::list_deal_scripts)
        .service(cases::get_case)
        .service(cases::write_case)
        .service(cases::remove_case)
        .service(cases::get_similar_cases)
        .service(cases::list_cases)
        .service(cases::search_cases)
        .service(cases::list_due_cases)
        .service(cases::get_lessons)
        .service(counted::get_rules)
        .service(counted::set_rules)
        .service(counted::search_trial)
        .service(history::list_stage_history)
        .service(history::list_deal_audit)
        .service(views::list_views)
        .service(views::create_view)
        .service(views::get_view)
        .service(views::update_view)
        .service(views::archive_view)
        .service(views::restore_view);
}
