//! Reading a funnel through another one: each stage of it stands for a stage of the other, so that the
//! same deals are counted as if they had gone through the other funnel's stages.

use super::shape::Cell;
use super::{Funnel, MAX_STAGES, Stage, StageKind};
use crate::check::{Check, Validate};
use crate::error::{ErrorCode, FieldError};
use crate::id::{FunnelId, StageId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// How one funnel is read through another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reading {
    /// The funnel it is read through.
    pub through_id: FunnelId,
    /// What its stages stand for, in their order.
    pub pairs: Vec<StagePair>,
    /// Whether any of it is a guess: nobody said what that stage stands for, so it is the one as far along.
    pub is_guess: bool,
    /// The stages of which nobody said it, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guessed: Vec<StageId>,
}

/// One stage of a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StagePair {
    /// A stage of the funnel that is read.
    pub from_stage_id: StageId,
    /// The stage of the other one that it stands for.
    pub to_stage_id: StageId,
}

/// What the stages of a funnel are to stand for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewMapping {
    /// The funnel it is to be read through.
    pub through_id: FunnelId,
    /// One pair for each stage on the way to winning; without them, what was said is forgotten and each
    /// stage stands for the one as far along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairs: Option<Vec<StagePair>>,
}

impl Validate for NewMapping {
    fn validate(&self, check: &mut Check) {
        if self
            .pairs
            .as_ref()
            .is_some_and(|pairs| pairs.len() > MAX_STAGES)
        {
            check.fail("/pairs", ErrorCode::TooManyItems);
        }
    }
}

/// The stages on the way to winning: those a mapping speaks of.
pub fn way(stages: &[Stage]) -> impl Iterator<Item = &Stage> {
    let stages = stages.iter();
    stages.filter(|stage| stage.fields.kind != StageKind::Lost && stage.takes_deals())
}

/// Checks a mapping: every stage on the way stands for one on the other's way, open for open and won for
/// won, and whoever goes on in the one never goes back in the other.
///
/// # Errors
/// One at each pair that will not do; at `/pairs` when a stage stands for nothing. Of a pair that goes
/// back, the limit names both stages.
pub fn check_pairs(
    from: &[Stage],
    to: &[Stage],
    pairs: &[StagePair],
) -> Result<(), Vec<FieldError>> {
    let mut check = Check::default();
    let place = |id: StageId| way(to).position(|stage| stage.id == id);
    let mut known: HashMap<StageId, usize> = HashMap::new();
    for (index, pair) in pairs.iter().enumerate() {
        let at = |field: &str| format!("/pairs/{index}/{field}");
        let Some(origin) = way(from).find(|stage| stage.id == pair.from_stage_id) else {
            check.fail(&at("from_stage_id"), ErrorCode::NoSuchRecord);
            continue;
        };
        if known.insert(pair.from_stage_id, index).is_some() {
            check.fail(&at("from_stage_id"), ErrorCode::Taken);
        }
        match way(to).find(|stage| stage.id == pair.to_stage_id) {
            None => check.fail(&at("to_stage_id"), ErrorCode::NoSuchRecord),
            Some(target) if target.fields.kind != origin.fields.kind => {
                check.fail(&at("to_stage_id"), ErrorCode::OtherStageKind);
            }
            Some(_) => {}
        }
    }
    if way(from).any(|stage| !known.contains_key(&stage.id)) {
        check.fail("/pairs", ErrorCode::MappingIncomplete);
    }
    let ordered = way(from).filter_map(|stage| {
        let index = *known.get(&stage.id)?;
        let to_stage_id = pairs.get(index)?.to_stage_id;
        Some((stage, index, place(to_stage_id)?))
    });
    let mut furthest: Option<usize> = None;
    for (stage, index, place) in ordered {
        if furthest.is_some_and(|furthest| place < furthest) {
            let target = way(to).nth(place).map(|stage| stage.fields.name.as_str());
            let pair = format!("{} → {}", stage.fields.name, target.unwrap_or_default());
            let pointer = format!("/pairs/{index}/to_stage_id");
            check.add(FieldError::new(pointer, ErrorCode::MappingGoesBack).with_limit(pair));
        }
        furthest = furthest.max(Some(place));
    }
    check.into_result()
}

/// A mapping to begin with: won stands for won, a sale for the first of several, and each open stage for the
/// one as far along.
#[must_use]
pub fn guess(from: &[Stage], to: &[Stage]) -> Vec<StagePair> {
    let of = |stages: &[Stage], kind| -> Vec<StageId> {
        let stages = way(stages).filter(|stage| stage.fields.kind == kind);
        stages.map(|stage| stage.id).collect()
    };
    [StageKind::Open, StageKind::Won]
        .into_iter()
        .flat_map(|kind| {
            let (from, to) = (of(from, kind), of(to, kind));
            let count = from.len();
            let pairs = from.into_iter().enumerate().filter_map(move |(index, id)| {
                let place = match kind {
                    // What is won is not more yet: not a delivery, nor a purchase once more.
                    StageKind::Won => index * to.len() / count.max(1),
                    // By the middle of its share of the way.
                    _ => (2 * index + 1) * to.len() / (2 * count.max(1)),
                };
                Some(StagePair {
                    from_stage_id: id,
                    to_stage_id: *to.get(place)?,
                })
            });
            pairs.collect::<Vec<_>>()
        })
        .collect()
}

/// Checks a mapping against what was said of the way back. A stage that others stand for, in either of
/// them, must stand for one of these: else the same deals would be told to be elsewhere with each reading
/// there and back.
///
/// # Errors
/// One at each pair that does not agree; the limit names the pair of the way back.
pub fn check_way_back(
    from: &[Stage],
    to: &[Stage],
    pairs: &[StagePair],
    back: &[StagePair],
) -> Result<(), Vec<FieldError>> {
    let name = |stages: &[Stage], id: StageId| {
        let stage = way(stages).find(|stage| stage.id == id);
        stage.map(|stage| stage.fields.name.clone())
    };
    // What was said of stages that are gone binds nobody.
    let back: Vec<(&StagePair, String)> = back
        .iter()
        .filter_map(|pair| {
            let there = name(to, pair.from_stage_id)?;
            let here = name(from, pair.to_stage_id)?;
            Some((pair, format!("{there} → {here}")))
        })
        .collect();
    let is_said = |from, to| {
        let mut pairs = pairs.iter();
        pairs.any(|pair| (pair.from_stage_id, pair.to_stage_id) == (from, to))
    };
    let mut check = Check::default();
    for (index, pair) in pairs.iter().enumerate() {
        let leads_away = back.iter().find(|(way, _)| {
            way.from_stage_id == pair.to_stage_id && !is_said(way.to_stage_id, pair.to_stage_id)
        });
        let mut stand_for_it = back
            .iter()
            .filter(|(way, _)| way.to_stage_id == pair.from_stage_id);
        let is_one_of_them = stand_for_it
            .clone()
            .any(|(way, _)| way.from_stage_id == pair.to_stage_id);
        let stands_elsewhere = stand_for_it.next().filter(|_| !is_one_of_them);
        if let Some((_, limit)) = leads_away.or(stands_elsewhere) {
            let pointer = format!("/pairs/{index}/to_stage_id");
            check.add(FieldError::new(pointer, ErrorCode::Cycle).with_limit(limit.clone()));
        }
    }
    check.into_result()
}

/// How a funnel is read through another: as somebody said, as far as that still will do, since stages may
/// have come, gone or changed places meanwhile. Of the others it is a guess, between what was said of the
/// stages before and after.
#[must_use]
pub fn reading(funnel: &Funnel, through: &Funnel, said: &[StagePair]) -> Reading {
    let (from, to): (Vec<&Stage>, Vec<&Stage>) = (
        way(&funnel.stages).collect(),
        way(&through.stages).collect(),
    );
    let place = |id: StageId| to.iter().position(|stage| stage.id == id);
    let pair_of = |pairs: &[StagePair], stage: &Stage| {
        let mut pairs = pairs.iter();
        let pair = pairs.find(|pair| pair.from_stage_id == stage.id)?;
        let place = place(pair.to_stage_id)?;
        let target = to.get(place)?;
        (target.fields.kind == stage.fields.kind).then_some(place)
    };
    // What goes back holds no more; the stage that comes first has the say.
    let mut furthest = 0;
    let kept: Vec<Option<usize>> = from
        .iter()
        .map(|stage| {
            let place = pair_of(said, stage).filter(|place| *place >= furthest)?;
            furthest = place;
            Some(place)
        })
        .collect();

    let guess = guess(&funnel.stages, &through.stages);
    let (mut pairs, mut guessed) = (Vec::with_capacity(from.len()), Vec::new());
    let mut least = 0;
    for (index, stage) in from.iter().enumerate() {
        let place = match kept.get(index).copied().flatten() {
            Some(place) => place,
            None => {
                guessed.push(stage.id);
                let next = kept.iter().skip(index).copied().flatten().next();
                let most = next.unwrap_or(usize::MAX);
                let Some(place) = pair_of(&guess, stage) else {
                    continue;
                };
                place.clamp(least, most)
            }
        };
        least = place;
        pairs.extend(to.get(place).map(|target| StagePair {
            from_stage_id: stage.id,
            to_stage_id: target.id,
        }));
    }
    Reading {
        through_id: through.id,
        pairs,
        is_guess: !guessed.is_empty(),
        guessed,
    }
}

/// Cells of one funnel as cells of another; what stands for nothing, as a lost stage, stays as it is.
#[must_use]
pub fn read(cells: Vec<Cell>, pairs: &[StagePair]) -> Vec<Cell> {
    let to: HashMap<StageId, StageId> = pairs
        .iter()
        .map(|pair| (pair.from_stage_id, pair.to_stage_id))
        .collect();
    let stands = |id: StageId| to.get(&id).copied().unwrap_or(id);
    let cells = cells.into_iter().map(|cell| Cell {
        reached: stands(cell.reached),
        at: stands(cell.at),
        ..cell
    });
    cells.collect()
}

#[cfg(test)]
mod tests {
    use super::super::shape::shape;
    use super::*;
    use crate::funnel::StageFields;
    use crate::money::Currency;
    use proptest::prelude::*;
    use rust_decimal::Decimal;
    use uuid::Uuid;

    /// A funnel of so many open stages and won ones, and a lost one; its number makes ids its own.
    fn stages(funnel: u128, open: usize, won: usize) -> Vec<Stage> {
        let kinds = std::iter::repeat_n(StageKind::Open, open)
            .chain(std::iter::repeat_n(StageKind::Won, won))
            .chain([StageKind::Lost]);
        (0..)
            .zip(kinds)
            .map(|(position, kind)| Stage {
                id: StageId(Uuid::from_u128(funnel * 100 + position as u128)),
                funnel_id: FunnelId(Uuid::from_u128(funnel)),
                position,
                moving_to: None,
                fields: StageFields {
                    name: format!("{funnel}.{position}"),
                    kind,
                    ..StageFields::default()
                },
                gate: Default::default(),
                gate_version: 0,
            })
            .collect()
    }

    fn pairs(from: &[Stage], to: &[Stage], places: &[(usize, usize)]) -> Vec<StagePair> {
        let pairs = places.iter().map(|(a, b)| StagePair {
            from_stage_id: from[*a].id,
            to_stage_id: to[*b].id,
        });
        pairs.collect()
    }

    #[test]
    fn a_mapping_that_goes_back_or_leaves_a_stage_out_is_refused_with_the_pair() {
        let (from, to) = (stages(1, 3, 1), stages(2, 2, 1));
        let faults = |places: &[(usize, usize)]| {
            let result = check_pairs(&from, &to, &pairs(&from, &to, places));
            let faults = result.err().unwrap_or_default().into_iter();
            faults
                .map(|fault| (fault.pointer, fault.code, fault.limit))
                .collect::<Vec<_>>()
        };
        assert_eq!(faults(&[(0, 0), (1, 0), (2, 1), (3, 2)]), []);
        assert_eq!(
            faults(&[(0, 1), (1, 0), (2, 1), (3, 2)]),
            [(
                "/pairs/1/to_stage_id".to_owned(),
                ErrorCode::MappingGoesBack,
                Some("1.1 → 2.0".to_owned())
            )]
        );
        let at = |index: usize, field: &str| format!("/pairs/{index}/{field}");
        for (places, pointer, code) in [
            (
                &[(0, 0), (1, 0), (3, 2)][..],
                "/pairs".to_owned(),
                ErrorCode::MappingIncomplete,
            ),
            (
                &[(0, 0), (1, 0), (2, 2), (3, 2)],
                at(2, "to_stage_id"),
                ErrorCode::OtherStageKind,
            ),
            (
                &[(0, 0), (1, 0), (2, 1), (3, 2), (2, 1)],
                at(4, "from_stage_id"),
                ErrorCode::Taken,
            ),
            (
                &[(0, 0), (1, 0), (2, 1), (3, 2), (4, 2)],
                at(4, "from_stage_id"),
                ErrorCode::NoSuchRecord,
            ),
            (
                &[(0, 0), (1, 0), (2, 1), (3, 3)],
                at(3, "to_stage_id"),
                ErrorCode::NoSuchRecord,
            ),
        ] {
            assert_eq!(faults(places), [(pointer, code, None)], "{places:?}");
        }
    }

    fn funnel_of(stages: &[Stage]) -> Funnel {
        Funnel {
            id: stages[0].funnel_id,
            name: "Sales".to_owned(),
            method: None,
            product_line: None,
            stages: stages.to_vec(),
            version: 1,
            archived_at: None,
            created_at: chrono::DateTime::UNIX_EPOCH,
            updated_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn what_was_said_stays_when_a_stage_comes_in_and_only_that_is_guessed() {
        let (mut from, to) = (stages(1, 3, 1), stages(2, 4, 1));
        let said = pairs(&from, &to, &[(0, 2), (1, 2), (2, 3), (3, 4)]);
        let told = reading(&funnel_of(&from), &funnel_of(&to), &said);
        assert_eq!((&told.pairs, told.is_guess), (&said, false));

        let mut new = from[0].clone();
        new.id = StageId(Uuid::from_u128(999));
        from.insert(1, new.clone());
        let told = reading(&funnel_of(&from), &funnel_of(&to), &said);
        assert_eq!(told.guessed, [new.id]);
        // As far along would be the second; the stage before stands for the third already.
        assert_eq!(told.pairs[1].to_stage_id, to[2].id);
        let mut others = told.pairs.clone();
        others.remove(1);
        assert_eq!(others, said);
    }

    #[test]
    fn a_way_back_that_leads_elsewhere_is_refused_with_its_pair() {
        let (from, to) = (stages(1, 3, 1), stages(2, 3, 1));
        let there = pairs(&from, &to, &[(0, 0), (1, 1), (2, 2), (3, 3)]);
        let check = |places: &[(usize, usize)]| {
            let back = pairs(&to, &from, places);
            let faults = check_way_back(&from, &to, &there, &back).err();
            let faults = faults.unwrap_or_default().into_iter();
            faults
                .map(|fault| (fault.pointer, fault.code, fault.limit))
                .collect::<Vec<_>>()
        };
        assert_eq!(check(&[(0, 0), (1, 1), (2, 2), (3, 3)]), []);
        assert_eq!(
            check(&[(0, 0), (1, 2), (2, 2), (3, 3)]),
            [(
                "/pairs/1/to_stage_id".to_owned(),
                ErrorCode::Cycle,
                Some("2.1 → 1.2".to_owned())
            )]
        );
    }

    proptest! {
        /// Whatever was said and whatever became of the stages since, the reading is a mapping, keeps what
        /// still holds in the order of the stages, and says which of it is a guess.
        #[test]
        fn a_reading_is_always_a_mapping(
            open in 1usize..8, others in 1usize..8,
            said in prop::collection::vec((0usize..9, 0usize..9), 0..12),
        ) {
            let (from, to) = (stages(1, open, 1), stages(2, others, 1));
            let said: Vec<StagePair> = said.iter().map(|(a, b)| StagePair {
                from_stage_id: from[a % from.len()].id,
                to_stage_id: to[b % to.len()].id,
            }).collect();
            let told = reading(&funnel_of(&from), &funnel_of(&to), &said);
            prop_assert_eq!(check_pairs(&from, &to, &told.pairs), Ok(()));
            for pair in &told.pairs {
                prop_assert!(told.guessed.contains(&pair.from_stage_id) || said.contains(pair));
            }
        }

        /// A mapping that was accepted is read as it was said.
        #[test]
        fn what_was_accepted_is_read(open in 1usize..8, others in 1usize..8) {
            let (from, to) = (stages(1, open, 1), stages(2, others, 1));
            let said = guess(&from, &to);
            let told = reading(&funnel_of(&from), &funnel_of(&to), &said);
            prop_assert_eq!((told.pairs, told.is_guess), (said, false));
        }

        /// Whatever two funnels there are, the mapping to begin with will do.
        #[test]
        fn a_guess_is_a_mapping(open in 1usize..12, won in 1usize..4, others in 1usize..12, ends in 1usize..4) {
            let (from, to) = (stages(1, open, won), stages(2, others, ends));
            prop_assert_eq!(check_pairs(&from, &to, &guess(&from, &to)), Ok(()));
        }

        /// Read through another funnel, no deal is lost or doubled, and the last stage is won as often.
        #[test]
        fn the_same_deals_are_counted(
            open in 1usize..6, others in 1usize..6,
            deals in prop::collection::vec((0usize..6, 0usize..7, 1i64..9), 0..20),
        ) {
            let (from, to) = (stages(1, open, 1), stages(2, others, 1));
            let cells: Vec<Cell> = deals
                .into_iter()
                .map(|(reached, at, count)| Cell {
                    reached: from[reached % (open + 1)].id,
                    at: from[at % from.len()].id,
                    currency: None,
                    count,
                    amount: Decimal::ZERO,
                })
                .collect();
            let own = shape(&from, &cells, &HashMap::new(), Currency::CNY);
            let lost = from.last().unwrap().id;
            let mut pairs = guess(&from, &to);
            pairs.push(StagePair { from_stage_id: lost, to_stage_id: to.last().unwrap().id });
            let other = shape(&to, &read(cells, &pairs), &HashMap::new(), Currency::CNY);
            let ends = |shape: &crate::funnel::FunnelShape| {
                let (first, last) = (shape.stages.first().unwrap(), shape.stages.last().unwrap());
                let lost: i64 = shape.stages.iter().map(|stage| stage.lost.count).sum();
                (first.entered.count, last.entered.count, lost)
            };
            prop_assert_eq!(ends(&own), ends(&other));
        }
    }
}
