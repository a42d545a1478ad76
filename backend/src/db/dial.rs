//! Opens connections to the database, encrypted when its address asks for that.

use anyhow::{Context as _, bail};
use diesel_async::AsyncPgConnection;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_postgres::{Client, Config, Connection, Socket};

/// A connection's own end, which has to be driven beside its client.
pub type Wire = Connection<Socket, Encrypted<Socket>>;

/// Opens connections to one database.
#[derive(Clone)]
pub struct Dialer {
    config: Config,
    tls: Tls,
    mode: &'static str,
}

impl Dialer {
    /// Reads an address: what tokio-postgres reads, `sslmode=verify-full` and `sslrootcert`.
    ///
    /// Without `sslmode`, and with `disable`, `allow` or `prefer`, nothing is encrypted.
    ///
    /// # Errors
    /// When it cannot be read, or its certificates cannot.
    pub fn new(url: &str) -> anyhow::Result<Self> {
        let (rest, mode, roots) = take_tls(url);
        let (mode, is_checked) = match mode.as_deref() {
            None | Some("disable" | "allow" | "prefer") => ("disable", false),
            Some("require") => ("require", roots.is_some()),
            Some("verify-full") => ("verify-full", true),
            Some(other) => bail!(
                "sslmode={other} in the database's address is not disable, require or verify-full"
            ),
        };
        let mut config: Config = rest
            .parse()
            .context("the database's address cannot be read")?;
        let is_encrypted = mode != "disable";
        config.ssl_mode(if is_encrypted {
            SslMode::Require
        } else {
            SslMode::Disable
        });
        let tls = match (is_encrypted, is_checked) {
            (false, _) => Tls(None),
            (true, false) => Tls(Some(Arc::new(unchecked()?))),
            (true, true) => Tls(Some(Arc::new(checked(roots.as_deref())?))),
        };
        Ok(Self { config, tls, mode })
    }

    /// Opens a connection for whoever drives it.
    ///
    /// # Errors
    /// One sentence on why there is none.
    pub async fn dial(&self) -> anyhow::Result<(Client, Wire)> {
        self.config.connect(self.tls.clone()).await.map_err(|error| {
            let error = anyhow::Error::new(error);
            let text = format!("{error:#}");
            if text.contains("does not support TLS") {
                anyhow::anyhow!(
                    "the database server offers no TLS, and sslmode={} in its address demands it",
                    self.mode
                )
            } else {
                anyhow::anyhow!(text)
            }
        })
    }

    /// Opens a connection for queries.
    ///
    /// # Errors
    /// One sentence on why there is none.
    pub async fn open(&self) -> anyhow::Result<AsyncPgConnection> {
        let (client, wire) = self.dial().await?;
        Ok(AsyncPgConnection::try_from_client_and_connection(client, wire).await?)
    }
}

/// Takes what only we read out of an address: the rest, the mode and the file of roots.
fn take_tls(url: &str) -> (String, Option<String>, Option<String>) {
    let is_url = url.starts_with("postgres://") || url.starts_with("postgresql://");
    let (before, options, between) = match url.split_once('?') {
        Some((before, options)) if is_url => (format!("{before}?"), options, '&'),
        _ if is_url => return (url.to_owned(), None, None),
        _ => (String::new(), url, ' '),
    };
    let (mut mode, mut roots, mut rest) = (None, None, Vec::new());
    for option in options.split(between) {
        match option.split_once('=') {
            Some(("sslmode", value)) => mode = Some(value.to_owned()),
            Some(("sslrootcert", value)) if is_url => roots = Some(unescaped(value)),
            Some(("sslrootcert", value)) => roots = Some(value.to_owned()),
            _ => rest.push(option),
        }
    }
    let rest = format!("{before}{}", rest.join(&between.to_string()));
    (rest, mode, roots)
}

/// A value of a URL without its `%2F`s.
fn unescaped(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = after
            .get(if code.is_some() { 2 } else { 0 }..)
            .unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// Trusts the authorities of a file, or those of the system.
fn checked(file: Option<&str>) -> anyhow::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    match file.filter(|file| *file != "system") {
        Some(file) => {
            let failed = || format!("the certificates in {file} cannot be read");
            for certificate in CertificateDer::pem_file_iter(file).with_context(failed)? {
                roots
                    .add(certificate.with_context(failed)?)
                    .with_context(failed)?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if roots.is_empty() {
        bail!("there are no certificates to check the database server's with");
    }
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// Encrypts, whoever the server may be: what `require` means to all of PostgreSQL's programs.
fn unchecked() -> anyhow::Result<ClientConfig> {
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody(provider())))
        .with_no_client_auth())
}

/// Takes every certificate; only the handshake must be of its holder.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// Makes connections encrypted; nothing inside where none is to be.
#[derive(Clone)]
struct Tls(Option<Arc<ClientConfig>>);

/// What is needed for one connection.
struct Handshake {
    config: Option<Arc<ClientConfig>>,
    host: String,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> MakeTlsConnect<S> for Tls {
    type Stream = Encrypted<S>;
    type TlsConnect = Handshake;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> io::Result<Handshake> {
        Ok(Handshake {
            config: self.0.clone(),
            host: host.to_owned(),
        })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> TlsConnect<S> for Handshake {
    type Stream = Encrypted<S>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Encrypted<S>>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move {
            let config = self.config.ok_or(io::ErrorKind::Unsupported)?;
            let host = ServerName::try_from(self.host).map_err(io::Error::other)?;
            let connector = tokio_rustls::TlsConnector::from(config);
            Ok(Encrypted(connector.connect(host, stream).await?))
        })
    }
}

/// An encrypted stream.
pub struct Encrypted<S>(tokio_rustls::client::TlsStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Encrypted<S> {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Encrypted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Encrypted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
