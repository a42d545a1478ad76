//! The database over TLS: a front that speaks it stands before the tests' own PostgreSQL, with a certificate
//! of the tests' own authority for `localhost`.

use backend::db::migrate;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tests::PASSWORD;
use tests::postgres::TestDatabase;
use tests::program::{Program, TestFolder};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio_postgres::config::Host;

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/tls")
        .join(name)
}

/// A door to a database.
struct Front {
    port: u16,
    encrypted: Arc<AtomicUsize>,
    config: tokio_postgres::Config,
}

impl Front {
    /// One that speaks TLS, or says that it does not.
    async fn open(database: &TestDatabase, speaks_tls: bool) -> Self {
        let config: tokio_postgres::Config = database.owner_url.parse().unwrap();
        let certificates = CertificateDer::pem_file_iter(fixture("server.pem")).unwrap();
        let tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                certificates.map(Result::unwrap).collect(),
                PrivateKeyDer::from_pem_file(fixture("server.key")).unwrap(),
            )
            .unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(tls));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let front = Self {
            port: listener.local_addr().unwrap().port(),
            encrypted: Arc::default(),
            config,
        };
        let (encrypted, behind) = (Arc::clone(&front.encrypted), front.config.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, encrypted) = (acceptor.clone(), Arc::clone(&encrypted));
                let behind = behind.clone();
                tokio::spawn(async move {
                    serve(stream, speaks_tls.then_some(acceptor), &encrypted, &behind).await
                });
            }
        });
        front
    }

    fn url(&self, host: &str, options: &str) -> String {
        let user = self.config.get_user().unwrap();
        let password = self.config.get_password().map(String::from_utf8_lossy);
        let password = password.map(|word| format!(":{word}")).unwrap_or_default();
        let database = self.config.get_dbname().unwrap();
        format!(
            "postgresql://{user}{password}@{host}:{}/{database}?{options}",
            self.port
        )
    }
}

/// Answers the client's question for TLS, and passes on what follows it.
async fn serve(
    mut stream: TcpStream,
    acceptor: Option<tokio_rustls::TlsAcceptor>,
    encrypted: &AtomicUsize,
    behind: &tokio_postgres::Config,
) -> std::io::Result<()> {
    let mut question = [0; 8];
    stream.read_exact(&mut question).await?;
    let Some(acceptor) = acceptor else {
        return stream.write_all(b"N").await;
    };
    stream.write_all(b"S").await?;
    let mut stream = acceptor.accept(stream).await?;
    encrypted.fetch_add(1, Ordering::Relaxed);
    let port = behind.get_ports().first().copied().unwrap_or(5432);
    match &behind.get_hosts()[0] {
        Host::Unix(folder) => {
            let socket = folder.join(format!(".s.PGSQL.{port}"));
            let mut server = UnixStream::connect(socket).await?;
            tokio::io::copy_bidirectional(&mut stream, &mut server).await?;
        }
        Host::Tcp(host) => {
            let mut server = TcpStream::connect((host.as_str(), port)).await?;
            tokio::io::copy_bidirectional(&mut stream, &mut server).await?;
        }
    }
    Ok(())
}

async fn refusal(url: &str) -> String {
    format!("{:#}", migrate::run(url).await.unwrap_err())
}

#[tokio::test]
async fn server_works_over_tls_and_checks_whom_it_talks_to() {
    let database = TestDatabase::migrated().await;
    let front = Front::open(&database, true).await;
    let roots = fixture("authority.pem");
    let roots = roots.to_str().unwrap().replace('/', "%2F");
    let url = front.url(
        "localhost",
        &format!("sslmode=verify-full&sslrootcert={roots}"),
    );
    let folder = TestFolder::new();
    let program = Program::serve(&[
        ("DIPPER_DATA_DIR", folder.path().to_str().unwrap()),
        ("DIPPER_DATABASE_URL", &url),
    ])
    .await;

    let client = program.anonymous();
    let body = json!({
        "organisation_name": "North", "name": "Somebody",
        "email": "somebody@north.example.com", "password": PASSWORD,
    });
    client.post("/organisations").json(&body).await.expect(201);
    client.get("/organisation").await.expect(200);
    // Migrations, requests and live updates.
    assert!(front.encrypted.load(Ordering::Relaxed) >= 3);
    program.terminate().await;
    assert!(program.ended_within(Duration::from_secs(25)).await);
}

#[tokio::test]
async fn certificate_of_another_name_or_authority_is_refused_when_it_is_to_be_checked() {
    let database = TestDatabase::migrated().await;
    let front = Front::open(&database, true).await;
    let roots = fixture("authority.pem");
    let roots = format!("sslrootcert={}", roots.to_str().unwrap());
    let named = |host: &str, mode: &str| front.url(host, &format!("sslmode={mode}&{roots}"));

    migrate::run(&named("localhost", "verify-full"))
        .await
        .unwrap();
    let other_name = refusal(&named("127.0.0.1", "verify-full")).await;
    assert!(other_name.contains("certificate"), "{other_name}");
    let unknown = refusal(&front.url("localhost", "sslmode=verify-full")).await;
    assert!(unknown.contains("certificate"), "{unknown}");
    // Encrypted, whoever it is.
    migrate::run(&front.url("127.0.0.1", "sslmode=require"))
        .await
        .unwrap();
}

#[tokio::test]
async fn database_without_tls_is_refused_when_it_is_demanded() {
    let database = TestDatabase::migrated().await;
    let front = Front::open(&database, false).await;
    for mode in ["require", "verify-full&sslrootcert=system"] {
        let url = front.url("localhost", &format!("sslmode={mode}"));
        let said = refusal(&url).await;
        let is_clear = said.contains("offers no TLS") || said.contains("no certificates to check");
        assert!(is_clear, "{said}");
    }
    let said = refusal(&front.url("localhost", "sslmode=verify-ca")).await;
    assert!(
        said.contains("is not disable, require or verify-full"),
        "{said}"
    );
}
