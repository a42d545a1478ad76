//! Hands the rows of a stored file to the engine, batch by batch: the bytes come out of the database into
//! a spool, a thread for blocking work reads it, and a short channel keeps it from running ahead.

use crate::app::App;
use crate::db::Scope;
use crate::error::{AppError, AppResult};
use crate::exchange::reading::{self, ReadError, Row};
use crate::exchange::store::files::{self, StoredFile};
use crate::files::{Sealed, Spool};
use shared::id::ImportFileId;
use std::ops::ControlFlow;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Rows of a batch, which are also those of a transaction.
pub const BATCH: usize = 500;

/// Rows on their way.
pub struct Feed {
    batches: mpsc::Receiver<Vec<Row>>,
    reader: JoinHandle<Result<(), ReadError>>,
}

impl Feed {
    /// Begins to read a file.
    ///
    /// # Errors
    /// When its bytes are not to be had.
    pub async fn open(app: &App, scope: &Scope, file: &StoredFile) -> AppResult<Self> {
        let spool = spool(app, scope, file.id).await?;
        let facts = file.facts.clone();
        let (send, batches) = mpsc::channel(2);
        let reader = tokio::task::spawn_blocking(move || {
            let mut batch = Vec::with_capacity(BATCH);
            reading::each_row(spool.path(), &facts, |row| {
                batch.push(row);
                if batch.len() < BATCH {
                    return ControlFlow::Continue(());
                }
                let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
                match send.blocking_send(full) {
                    Ok(()) => ControlFlow::Continue(()),
                    // Nobody listens any more: the import was ended.
                    Err(_) => ControlFlow::Break(()),
                }
            })?;
            let _ = send.blocking_send(batch);
            Ok(())
        });
        Ok(Self { batches, reader })
    }

    /// The next rows; `None` after the last.
    ///
    /// # Errors
    /// When the file cannot be read any more, which it could when it was added.
    pub async fn next(&mut self) -> AppResult<Option<Vec<Row>>> {
        if let Some(batch) = self.batches.recv().await {
            return Ok(Some(batch));
        }
        match (&mut self.reader).await {
            Ok(Ok(())) => Ok(None),
            // Its reason is for the person, who can bring the file again.
            Ok(Err(error)) => {
                tracing::error!(error = ?error, "a file of an import cannot be read any more");
                Err(AppError::rule(error.code()))
            }
            Err(error) => Err(AppError::Internal(error.into())),
        }
    }
}

/// Brings the bytes of a file onto the disk, piece by piece.
///
/// # Errors
/// When the database or the disk fails.
pub async fn spool(app: &App, scope: &Scope, file: ImportFileId) -> AppResult<Sealed> {
    let mut spool =
        Spool::new(&app.config.data_dir).map_err(|error| AppError::Internal(error.into()))?;
    for position in 0.. {
        // A transaction for each piece: none is left open while the disk works.
        let mut tx = app.db.begin(scope).await?;
        let bytes = files::chunk(tx.conn(), scope.org, file, position).await?;
        tx.commit().await?;
        match bytes {
            Some(bytes) => spool.write(&bytes)?,
            None => break,
        }
    }
    spool.seal()
}
