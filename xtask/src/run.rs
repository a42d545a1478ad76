//! stub

use anyhow::Result;
use crate::place::Place;
#[derive(clap::Args)]
pub struct Options {}
pub fn run(_: &Place, _: &Options) -> Result<()> { Ok(()) }
