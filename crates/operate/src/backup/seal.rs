//! Encryption of a backup with a passphrase, in the age format (<https://age-encryption.org/v1>): what Dangol writes,
//! the programs `age` and `rage` decrypt as well.

use age::secrecy::SecretString;
use age::stream::{StreamReader, StreamWriter};
use age::{DecryptError, Decryptor, Encryptor, scrypt};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use store::Error;

/// The environment variable with the passphrase.
pub const PASSPHRASE: &str = "DANGOL_BACKUP_PASSPHRASE";
/// Characters of a passphrase at least: whoever has the file may guess for years.
const SHORTEST: usize = 12;
/// log2 of scrypt's cost: 128 MiB of memory, the least that OWASP's cheat sheet on storing passwords advises.
const WORK: u8 = 17;
/// log2 of the highest cost that is read: a file must not take all memory.
const MOST_WORK: u8 = 20;
/// How a file in the age format begins.
const AGE: &[u8] = b"age-encryption.org/";

/// A passphrase; it cannot be printed.
#[derive(Clone)]
pub struct Passphrase(SecretString);

impl Passphrase {
    /// The passphrase of the environment, if there is one.
    ///
    /// # Errors
    /// When it is too short to help.
    pub fn from_environment() -> Result<Option<Self>, Error> {
        std::env::var(PASSPHRASE).ok().filter(|text| !text.is_empty()).map(Self::new).transpose()
    }

    /// A passphrase.
    ///
    /// # Errors
    /// When it is too short to help.
    pub fn new(text: String) -> Result<Self, Error> {
        if text.chars().count() < SHORTEST {
            return Err(Error::Refused(format!(
                "{PASSPHRASE} is too short: take at least {SHORTEST} characters"
            )));
        }
        Ok(Self(text.into()))
    }
}

/// How a backup is written.
#[derive(Clone)]
pub enum Sealing {
    /// Readable by whoever has the file.
    Plain,
    /// Encrypted.
    With(Passphrase),
}

/// A file that is being written.
pub(super) enum Sealed {
    Plain(BufWriter<File>),
    Age(StreamWriter<BufWriter<File>>),
}

impl Sealed {
    /// Begins `file`.
    pub fn begin(file: File, sealing: &Sealing) -> io::Result<Self> {
        let file = BufWriter::new(file);
        let Sealing::With(Passphrase(passphrase)) = sealing else { return Ok(Self::Plain(file)) };
        let mut recipient = scrypt::Recipient::new(passphrase.clone());
        recipient.set_work_factor(WORK);
        let encryptor = Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient));
        Ok(Self::Age(encryptor.map_err(io::Error::other)?.wrap_output(file)?))
    }

    /// Writes what is left and gives the file.
    pub fn finish(self) -> io::Result<File> {
        let file = match self {
            Self::Plain(file) => file,
            Self::Age(stream) => stream.finish()?,
        };
        file.into_inner().map_err(io::IntoInnerError::into_error)
    }
}

impl Write for Sealed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.write(bytes),
            Self::Age(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.flush(),
            Self::Age(stream) => stream.flush(),
        }
    }
}

/// A file that is being read.
pub(super) enum Opened {
    Plain(BufReader<File>),
    Age(Box<StreamReader<BufReader<File>>>),
}

impl Opened {
    /// Opens `file`, encrypted or not.
    ///
    /// # Errors
    /// When the passphrase is missing or does not fit.
    pub fn begin(file: File, passphrase: Option<&Passphrase>) -> Result<Self, Error> {
        let mut file = BufReader::new(file);
        let begins = file.fill_buf().map_err(|error| refused(&error))?;
        if !begins.starts_with(AGE) {
            return Ok(Self::Plain(file));
        }
        let Some(Passphrase(passphrase)) = passphrase else {
            return Err(Error::Refused(format!(
                "the backup is encrypted: give its passphrase in {PASSPHRASE}"
            )));
        };
        let mut identity = scrypt::Identity::new(passphrase.clone());
        identity.set_max_work_factor(MOST_WORK);
        let decryptor = Decryptor::new_buffered(file).map_err(|error| unopened(&error))?;
        let stream = decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity));
        Ok(Self::Age(Box::new(stream.map_err(|error| unopened(&error))?)))
    }

    /// Whether it is encrypted.
    pub fn is_encrypted(&self) -> bool {
        matches!(self, Self::Age(_))
    }
}

impl Read for Opened {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(bytes),
            Self::Age(stream) => stream.read(bytes),
        }
    }
}

fn refused(error: &io::Error) -> Error {
    Error::Refused(format!("the backup cannot be read: {error}"))
}

fn unopened(error: &DecryptError) -> Error {
    Error::Refused(match error {
        DecryptError::Io(error) => format!("the backup cannot be read: {error}"),
        DecryptError::InvalidHeader | DecryptError::UnknownFormat => {
            "the beginning of the backup is damaged: use another one; nothing was changed".into()
        }
        DecryptError::ExcessiveWork { required, .. } => {
            format!("the backup asks for 2^{required} rounds of work to be opened: dangol did not write it")
        }
        _ => format!(
            "the passphrase in {PASSPHRASE} does not open this backup, or its beginning is damaged; nothing was changed"
        ),
    })
}
