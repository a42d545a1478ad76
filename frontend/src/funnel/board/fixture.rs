//! A small funnel and its deals for the tests of this folder.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use shared::funnel::{
    Board, CardOrder, Column, ColumnTotals, Deal, Funnel, Grouping, Stage, StageFields, StageKind,
};
use shared::id::{DealId, FunnelId, StageId};
use shared::money::{Currency, Money};
use std::collections::BTreeMap;
use uuid::Uuid;

pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
}

pub fn stage_id(index: usize) -> StageId {
    StageId(Uuid::from_u128(100 + index as u128))
}

pub fn deal_id(number: u128) -> DealId {
    DealId(Uuid::from_u128(number))
}

/// Two open stages, a won one and a lost one.
pub fn funnel() -> Funnel {
    let kinds = [
        StageKind::Open,
        StageKind::Open,
        StageKind::Won,
        StageKind::Lost,
    ];
    let id = FunnelId(Uuid::from_u128(1));
    let stages = kinds.into_iter().enumerate().map(|(index, kind)| {
        Stage::new(
            stage_id(index),
            id,
            index as i32,
            StageFields {
                name: format!("stage {index}"),
                kind,
                probability: if index == 1 { 50 } else { 10 },
                rot_days: Some(30),
                ..StageFields::default()
            },
        )
    });
    Funnel {
        id,
        name: "funnel".into(),
        method: None,
        product_line: None,
        stages: stages.collect(),
        version: 1,
        archived_at: None,
        created_at: at(0),
        updated_at: at(0),
    }
}

pub fn deal(number: u128, stage: usize, rank: &str) -> Deal {
    Deal {
        id: deal_id(number),
        title: format!("deal {number}"),
        account_id: None,
        account_name: None,
        account_tier: None,
        funnel_id: FunnelId(Uuid::from_u128(1)),
        stage_id: stage_id(stage),
        reached_stage_id: stage_id(stage),
        rank: rank.into(),
        amount: Some(Money::new(Decimal::from(1_000), Currency::CNY)),
        expected_profit: None,
        probability: None,
        evidence_probability: None,
        is_low_investment: false,
        expected_close_on: None,
        next_step: None,
        next_step_on: None,
        owner_id: None,
        owner_name: None,
        loss_reason: None,
        loss_note: None,
        stage_entered_at: at(0),
        closed_at: None,
        override_reason: None,
        facts: None,
        external_ids: BTreeMap::new(),
        lines: None,
        version: 1,
        archived_at: None,
        created_at: at(0),
        updated_at: at(0),
    }
}

/// A board of these deals, with totals that count them.
pub fn board(deals: &[Deal]) -> Board {
    let funnel = funnel();
    let columns = funnel.stages.iter().map(|stage| {
        let mut cards: Vec<Deal> = deals
            .iter()
            .filter(|deal| deal.stage_id == stage.id)
            .cloned()
            .collect();
        cards.sort_by(|a, b| (&a.rank, a.id).cmp(&(&b.rank, b.id)));
        let mut totals = ColumnTotals::default();
        for card in &cards {
            super::totals::add(&mut totals, card, stage);
        }
        Column {
            stage_id: stage.id,
            totals,
            cards,
            next_cursor: None,
        }
    });
    Board {
        columns: columns.collect(),
        group_by: Grouping::Stage,
        groups: None,
        sort: CardOrder::Hand,
        currency: Currency::CNY,
        funnel,
        sequence: 0,
    }
}
